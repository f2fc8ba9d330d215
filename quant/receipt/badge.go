package receipt

import "fmt"

// The measures of a badge, in CSS pixels.
const (
	badgeHeight = 20
	badgePad    = 8
	badgeLetter = 6.6 // of the 11 px face, on average; textLength makes it so
)

// Badge is a picture, SVG, for a README or a page: the receipt's first figure with its n, and the first
// digits of the receipt's digest. It says what the receipt reports, and nothing in it is foreign text.
func (r *Receipt) Badge() ([]byte, error) {
	digest, err := r.Digest()
	if err != nil {
		return nil, err
	}
	const name = "quantscope"
	figure, short := r.Metrics.badge(), digest[:8]
	width := func(s string) float64 { return badgeLetter*float64(len([]rune(s))) + 2*badgePad }
	a, b, c := width(name), width(figure), width(short)
	part := func(x, width float64, s string) string {
		return fmt.Sprintf(`<text x="%.1f" y="14" textLength="%.1f">%s</text>`, x+badgePad, width-2*badgePad, s)
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%.1f" height="%d" role="img" aria-label="%s: %s, receipt %s">`+
		`<title>%s, as receipt %s reports; check it with your own copy of the model</title>`+
		`<rect width="%.1f" height="%d" rx="3" fill="#1b2333"/><rect x="%.1f" width="%.1f" height="%d" fill="#1d4ed8"/>`+
		`<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">%s%s%s</g></svg>`+"\n",
		a+b+c, badgeHeight, name, figure, short, figure, digest, a+b+c, badgeHeight, a, b, badgeHeight,
		part(0, a, name), part(a, b, figure), part(a+b, c, short)), nil
}

// badge is the first figure that was measured.
func (m Metrics) badge() string {
	percent := func(k, n int) string { return fmt.Sprintf("%.1f %%", 100*float64(k)/float64(n)) }
	switch {
	case m.Labelled > 0:
		return fmt.Sprintf("top-1 %s → %s, n %d", percent(m.Top1Float, m.Labelled), percent(m.Top1Quant, m.Labelled), m.Labelled)
	case m.Measure != "":
		return fmt.Sprintf("%s, n %d", m.Nearness(), m.N)
	case m.N > 0:
		return fmt.Sprintf("%s as float, n %d", percent(m.Agreement, m.N), m.N)
	}
	return fmt.Sprintf("%d → %d bytes", m.BytesBefore, m.BytesAfter)
}
