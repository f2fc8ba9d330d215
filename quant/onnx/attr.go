package onnx

// Int is an attribute of one integer.
func Int(name string, v int) Attr { return Attr{Name: name, Type: AttrInt, I: int64(v)} }

// Flag is an attribute of one integer that is 0 or 1.
func Flag(name string, v bool) Attr {
	if v {
		return Int(name, 1)
	}
	return Int(name, 0)
}

// Ints is an attribute of a list of integers.
func Ints(name string, v ...int) Attr {
	a := Attr{Name: name, Type: AttrInts}
	for _, n := range v {
		a.Ints = append(a.Ints, int64(n))
	}
	return a
}

// Real is an attribute of one float.
func Real(name string, v float32) Attr { return Attr{Name: name, Type: AttrFloat, F: v} }

// Text is an attribute of one string.
func Text(name, v string) Attr { return Attr{Name: name, Type: AttrString, S: v} }
