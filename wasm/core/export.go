//go:build js

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// export writes the last run in a format. Several files go into one archive, which a browser saves at
// once.
func (s *session) export(job int, b protocol.ExportRequest, _ []js.Value) error {
	if s.last == nil || s.lastRun != b.Run {
		return errors.New("the engine has forgotten this run: quantize again, then export")
	}
	step(job, protocol.Progress{Stage: protocol.StageExport})
	files, notes, err := export.Export(context.Background(), b.Format, b.Name, s.last)
	if err != nil {
		return err
	}
	if len(files) == 1 {
		return answer(protocol.Export, job, protocol.File{Name: files[0].Name, Notes: notes}, buffer(files[0].Bytes))
	}
	archive, err := zipped(files)
	if err != nil {
		return err
	}
	return answer(protocol.Export, job, protocol.File{Name: b.Name + ".zip", Notes: notes}, buffer(archive))
}

// formats tries each format on the last run and tells what it would write.
func (s *session) formats(job int, b protocol.FormatsRequest, _ []js.Value) error {
	if s.last == nil || s.lastRun != b.Run {
		return errors.New("the engine has forgotten this run")
	}
	waits := s.patient()
	var out protocol.Fits
	all := export.Formats()
	for i, f := range all {
		if waits.Err() != nil {
			return nil
		}
		fit := protocol.Fit{Format: f.Name}
		files, _, err := export.Export(waits, f.Name, b.Name+"."+f.Name, s.last)
		if waits.Err() != nil {
			return nil
		}
		if err != nil {
			fit.Problem = err.Error()
		}
		for _, written := range files {
			fit.Files = append(fit.Files, written.Name)
			fit.Bytes += int64(len(written.Bytes))
		}
		out.List, out.Done = append(out.List, fit), i == len(all)-1
		if err := answer(protocol.Formats, job, out); err != nil {
			return err
		}
	}
	return nil
}

// zipped stores files without packing them: weights do not pack well. No times are written, so the same
// files give the same archive.
func zipped(files []export.File) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(f.Bytes)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
