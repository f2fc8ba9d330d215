package vecty

func init() {
	if global().Get("document").IsUndefined() {
		panic("vecty: only running inside a browser is supported")
	}
}
