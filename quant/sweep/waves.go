package sweep

// waveBytes bounds what the parts of rows that run at one time keep in the sweep's folder.
const waveBytes = 4 << 30

// Waves divides rows into what is given to a runner at a time: a row's parts are kept until all of them are there, and
// not every row's have a place at once.
func Waves(rows []Row) [][]Row { return waves(rows, waveBytes) }

func waves(rows []Row, most int64) [][]Row {
	var list [][]Row
	room := int64(0)
	for _, row := range rows {
		if room -= row.Bytes; len(list) == 0 || room < 0 {
			list, room = append(list, nil), most-row.Bytes
		}
		list[len(list)-1] = append(list[len(list)-1], row)
	}
	return list
}
