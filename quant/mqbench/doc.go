// Package mqbench reads MQBench's own configuration into a recipe: the dictionaries that prepare_by_platform
// takes (extra_qconfig_dict, extra_quantizer_dict, extra_fuse_dict, preserve_attr …), alone or in the files of
// its examples and of Sophgo's fork, as YAML, JSON or Python. What comes in is text; what goes out is a recipe
// and a note for every entry that has no meaning for an ONNX file. Nothing is dropped without a word.
package mqbench
