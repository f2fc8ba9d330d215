package backend

import "github.com/quantscope/quantscope/quant/scheme"

// The schemes that several backends have.

func asymmetric(bits int) scheme.QScheme { return scheme.QScheme{Bits: bits} }

func symmetric(bits int) scheme.QScheme { return scheme.QScheme{Bits: bits, Symmetric: true} }

// narrow leaves out the lowest code.
func narrow(s scheme.QScheme) scheme.QScheme { s.Narrow = true; return s }

// perChannel has a scale for each output channel.
func perChannel(s scheme.QScheme) scheme.QScheme { s.PerChannel = true; return s }

// powersOfTwo has scales that are such.
func powersOfTwo(s scheme.QScheme) scheme.QScheme { s.PoT = true; return s }
