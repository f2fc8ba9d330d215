package store

// OfflineState is whether the site itself is kept on this device, for use without a network.
type OfflineState struct {
	Bytes   int64  // that keeping it takes; 0 where it cannot be kept
	Kept    bool   // it is
	Newer   bool   // another build is kept too, and waits until no page of this one is open
	Busy    bool   // it is being kept, or taken away
	Problem string // why it is not kept
}

// Offline asks the browser whether the site is kept, or to keep it or to take it away; answered by OfflineIs.
type Offline struct{ Do string }

func (Offline) effect() {}

// What Offline asks for, as boot.js names it.
const (
	OfflineAsk  = "state"
	OfflineKeep = "keep"
	OfflineDrop = "drop"
)

// OfflineIs is what the browser says.
type OfflineIs struct{ State OfflineState }

func (a OfflineIs) apply(s State) (State, []Effect) {
	if s.Offline.Busy && a.State.Problem == "" {
		s.Said = "This site is not kept on this device any more."
		if a.State.Kept {
			s.Said = "This site works without a network from now on."
		}
	}
	s.Offline = a.State
	return s, nil
}

// KeepOffline keeps the site on this device, or takes it away.
type KeepOffline struct{ On bool }

func (a KeepOffline) apply(s State) (State, []Effect) {
	s.Offline.Busy, s.Offline.Problem = true, ""
	if a.On {
		return s, []Effect{Offline{OfflineKeep}}
	}
	return s, []Effect{Offline{OfflineDrop}}
}
