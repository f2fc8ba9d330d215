package store

import "testing"

func TestKeepingOfflineIsToldAndFails(t *testing.T) {
	d := newDesk()
	d.Dispatch(OfflineIs{OfflineState{Bytes: 9}})
	d.Dispatch(KeepOffline{On: true})
	if got := d.taken(); got != "Offline" || !d.State().Offline.Busy {
		t.Errorf("%s, %+v", got, d.State().Offline)
	}
	d.Dispatch(OfflineIs{OfflineState{Bytes: 9, Problem: "no space"}})
	if s := d.State(); s.Offline.Busy || s.Offline.Kept || s.Said != "" {
		t.Errorf("%+v, said %q", s.Offline, s.Said)
	}
	d.Dispatch(KeepOffline{On: true})
	d.Dispatch(OfflineIs{OfflineState{Bytes: 9, Kept: true}})
	if s := d.State(); s.Said == "" || !s.Offline.Kept {
		t.Errorf("%+v, said %q", s.Offline, s.Said)
	}
}
