# Evaluates ONNX files of convolutions with PyTorch: double.py float64|float32 < jobs.json, as ortall.mjs reads them.
import json
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

double = {'float64': torch.float64, 'float32': torch.float32}[sys.argv[1]]


def tensor(a):
    t = torch.from_numpy(np.array(a))
    return t.to(double) if t.is_floating_point() else t


def pads(a, x, kernel):
    """Pads of the rows and columns, as F.pad takes them."""
    strides, dilations = a.get('strides', [1, 1]), a.get('dilations', [1, 1])
    p = a.get('pads', [0] * 4)
    auto = a.get('auto_pad', b'NOTSET')
    assert auto in (b'NOTSET', b'VALID', b'SAME_UPPER'), auto
    if auto == b'SAME_UPPER':
        p = [0] * 4
        for k in range(2):
            n = x.shape[2 + k]
            more = max((-(-n // strides[k]) - 1) * strides[k] + (kernel[k] - 1) * dilations[k] + 1 - n, 0)
            p[k], p[2 + k] = more // 2, more - more // 2
    return (p[1], p[3], p[0], p[2])


def conv(a, x, w, b=None):
    return F.conv2d(F.pad(x, pads(a, x, w.shape[2:])), w, b, a.get('strides', [1, 1]), 0, a.get('dilations', [1, 1]), a.get('group', 1))


def conv_transpose(a, x, w, b=None):
    p = a.get('pads', [0] * 4)
    assert p[:2] == p[2:]
    return F.conv_transpose2d(x, w, b, a.get('strides', [1, 1]), p[:2], a.get('output_padding', [0, 0]), a.get('group', 1), a.get('dilations', [1, 1]))


def max_pool(a, x):
    k = a['kernel_shape']
    return F.max_pool2d(F.pad(x, pads(a, x, k), value=-float('inf')), k, a.get('strides', [1, 1]))


def batch_norm(a, x, scale, bias, mean, var):
    by = lambda v: v.reshape(1, -1, 1, 1)
    return (x - by(mean)) / torch.sqrt(by(var) + a.get('epsilon', 1e-5)) * by(scale) + by(bias)


def clip(a, x, low=None, high=None):
    return torch.clamp(x, a.get('min') if low is None else low.item(), a.get('max') if high is None else high.item())


def cut(a, x, starts, ends, axes=None, steps=None):
    starts, ends = starts.tolist(), ends.tolist()
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    for s, e, axis, step in zip(starts, ends, axes, steps):
        x = x.index_select(axis, torch.tensor(list(range(*slice(s, e, step).indices(x.shape[axis])))))
    return x


def pad(a, x, p, value=None):
    n, p = x.dim(), p.tolist()
    assert a.get('mode', b'constant') == b'constant'
    return F.pad(x, [v for k in reversed(range(n)) for v in (p[k], p[k + n])], value=0 if value is None else value.item())


def resize(a, x, roi=None, scales=None, sizes=None):
    if sizes is not None and len(sizes):
        size = sizes.tolist()[2:]
    else:
        size = [int(n * s) for n, s in zip(x.shape[2:], scales.tolist()[2:])]
    how = a['mode'], a['coordinate_transformation_mode']
    if how == (b'nearest', b'asymmetric') and a['nearest_mode'] == b'floor':
        return F.interpolate(x, size=size, mode='nearest')
    assert how == (b'linear', b'half_pixel'), how
    return F.interpolate(x, size=size, mode='bilinear', align_corners=False)


def cast(a, x):
    return x.to({1: double, 6: torch.int32, 7: torch.int64, 9: torch.bool}[a['to']])


operators = {
    'Add': lambda a, x, y: x + y,
    'BatchNormalization': batch_norm,
    'Cast': cast,
    'Clip': clip,
    'Concat': lambda a, *x: torch.cat(x, a['axis']),
    'Constant': lambda a: tensor(numpy_helper.to_array(a['value'])),
    'Conv': conv,
    'ConvTranspose': conv_transpose,
    'Div': lambda a, x, y: x / y,
    'Equal': lambda a, x, y: x == y,
    'GlobalAveragePool': lambda a, x: x.mean((2, 3), keepdim=True),
    'HardSigmoid': lambda a, x: (x * a.get('alpha', .2) + a.get('beta', .5)).clamp(0, 1),
    'MaxPool': max_pool,
    'Mul': lambda a, x, y: x * y,
    'Pad': pad,
    'Relu': lambda a, x: x.clamp(min=0),
    'Reshape': lambda a, x, to: x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(to.tolist())]),
    'Resize': resize,
    'Shape': lambda a, x: torch.tensor(x.shape),
    'Sigmoid': lambda a, x: torch.sigmoid(x),
    'Slice': cut,
    'Split': lambda a, x: torch.split(x, a['split'], a.get('axis', 0)),
    'Sub': lambda a, x, y: x - y,
    'Transpose': lambda a, x: x.permute(a['perm']),
}


def run(graph, values):
    for t in graph.initializer:
        values[t.name] = tensor(numpy_helper.to_array(t))
    values[''] = None
    for n in graph.node:
        if n.op_type not in operators:
            sys.exit(f'node {n.name}: operator {n.op_type} has no line in double.py')
        y = operators[n.op_type]({a.name: helper.get_attribute_value(a) for a in n.attribute}, *[values[name] for name in n.input])
        for name, v in zip(n.output, y if n.op_type == 'Split' else [y]):
            values[name] = v
    return values


for job in json.load(sys.stdin):
    feeds = {x['name']: tensor(np.fromfile(x['file'], '<f4').reshape(x['dims'])) for x in job['inputs']}
    values = run(onnx.load(job['model']).graph, feeds)
    for y in job['outputs']:
        values[y['name']].numpy().astype('<f4').tofile(y['file'])
