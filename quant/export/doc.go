// Package export writes a calibrated network as a file that other engines run. What comes in is a
// calibrate.Calibrated, what goes out are the bytes. One file of the package for each format; every
// format reads back what it wrote and compares it with what it was made from (spec §4.2).
package export
