package mqbench

import "slices"

// Reasons why entries have no meaning for a network that comes as a file.
const (
	ofPyTorch  = "the network comes as a file, traced already"
	ofFiles    = "network and data are given by themselves"
	ofMachine  = "where and how fast it runs is no part of a recipe"
	ofTraining = "training is not part of a configuration here"
	ofExport   = "the format is chosen when the result is written"
)

// examples reads the sections of the files of MQBench's examples: how many batches calibrate, and what the
// images are made into.
func (r *reader) examples(top *section) error {
	q, err := top.sub("quantize")
	if err != nil {
		return err
	}
	d, err := top.sub("data")
	if err != nil {
		return err
	}
	q.take("backend")
	batches, told, err := q.whole("cali_batchsize")
	if err != nil {
		return err
	}
	batch, ok, err := d.whole("batch_size")
	if err != nil {
		return err
	}
	if ok {
		r.recipe.Data.Batch = batch
	}
	if told { // MQBench counts batches
		r.recipe.Data.Calibration = batches * r.recipe.Data.Batch
	}
	if err := r.method(q); err != nil {
		return err
	}
	if err := r.dictsIn(q); err != nil {
		return err
	}
	q.skip(ofExport, "deploy")
	q.skip(ofTraining, "ptq_only")
	q.close()

	p := &r.recipe.Preprocess
	if n, ok, err := d.whole("input_size"); err != nil {
		return err
	} else if ok {
		p.Width, p.Height = n, n
	}
	if n, ok, err := d.whole("test_resize"); err != nil {
		return err
	} else if ok {
		p.Resize = n
	}
	d.skip(ofFiles, "path", "type")
	d.skip(ofMachine, "num_workers", "pin_memory")
	d.close()

	process, err := top.sub("process")
	if err != nil {
		return err
	}
	seed, ok, err := process.whole("seed")
	if err != nil {
		return err
	}
	if ok {
		r.recipe.Data.Seed = uint64(max(seed, 0))
	}
	process.close()
	top.skip(ofFiles, "model")
	return nil
}

// lsq reads the files of MQBench's LSQ configurations.
func (r *reader) lsq(top *section) error {
	q, err := top.sub("quantization")
	if err != nil {
		return err
	}
	q.take("type")
	if on, ok, err := q.flag("enabled"); err != nil {
		return err
	} else if ok && !on {
		r.note("quantization.enabled is False: it is quantized all the same.")
	}
	if q.has("qparams") {
		s, err := q.sub("qparams")
		if err == nil {
			err = r.qconfig(s)
		}
		if err != nil {
			return err
		}
	}
	q.close()
	if len(q.d) > 0 {
		top.skip(ofFiles, "arch", "model_path", "pretrained", "resume")
		top.skip(ofExport, "deploy", "evaluate")
		top.skip(ofTraining, "epochs", "start_epoch", "batch_size", "optim", "lr", "lr_scheduler", "weight_decay")
	}
	return nil
}

// prepared reads the dictionaries of prepare_by_platform, and what is inside extra_qconfig_dict, where they
// stand by themselves.
func (r *reader) prepared(top *section) error {
	if err := r.dictsIn(top); err != nil {
		return err
	}
	for _, key := range []string{"extra_config", "extra_qparams"} { // of the documentation
		if top.has(key) && !top.read[key] {
			s, err := top.sub(key)
			if err == nil {
				err = r.qconfig(s)
			}
			if err != nil {
				return err
			}
		}
	}
	for _, key := range sideKeys() {
		if top.d.has(key) {
			return r.qconfig(top)
		}
	}
	return nil
}

// dictsIn reads the dictionaries of prepare_by_platform where they stand among other entries, by themselves or
// in one that holds them all, whatever its name is.
func (r *reader) dictsIn(s *section) error {
	for _, e := range s.d {
		d, ok := e.value.(dict)
		holds := slices.ContainsFunc([]string{"extra_qconfig_dict", "extra_quantizer_dict", "extra_fuse_dict", "quant_dict"}, d.has)
		if ok && !s.read[e.key] && (holds || slices.Contains([]string{"prepare_custom_config_dict", "extra_prepare_dict", "prepare_args"}, e.key)) {
			if err := r.prepareDict(s, e.key); err != nil {
				return err
			}
		}
	}
	return r.dicts(s)
}

// prepareDict reads an entry that is what prepare_by_platform takes.
func (r *reader) prepareDict(top *section, key string) error {
	s, err := top.sub(key)
	if err != nil {
		return err
	}
	if err := r.dicts(s); err != nil {
		return err
	}
	s.close()
	return nil
}

// dicts reads the dictionaries that prepare_by_platform takes.
func (r *reader) dicts(s *section) error {
	for _, d := range []struct {
		key  string
		read func(*section) error
	}{{"quant_dict", r.chip}, {"extra_quantizer_dict", r.quantizer}, {"extra_qconfig_dict", r.qconfig}} {
		if !s.has(d.key) {
			continue
		}
		inner, err := s.sub(d.key)
		if err == nil {
			err = d.read(inner)
		}
		if err != nil {
			return err
		}
	}
	if s.has("extra_fuse_dict") {
		fuse, err := s.sub("extra_fuse_dict")
		if err != nil {
			return err
		}
		for _, e := range fuse.d {
			fuse.skip("what is fused is MQBench's own table; functions of Python cannot be read", e.key)
		}
	}
	s.skip(ofPyTorch, "preserve_attr", "concrete_args", "leaf_module", "tocaffe_friendly")
	return nil
}
