"""One of torchvision's networks with seeded weights as ONNX: export.py NAME SIZE OPSET free|fixed FILE

Needs Debian's python3-torchvision."""
import sys, warnings

import torch, torchvision.models as M

warnings.filterwarnings('ignore')
torch.set_num_threads(1)
name, size, opset, batch, file = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]


class Segmentation(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)['out']


torch.manual_seed(0)
if hasattr(M.segmentation, name):
    m = Segmentation(getattr(M.segmentation, name)(weights=None, weights_backbone=None))
elif name == 'maxvit_t':
    m = M.maxvit_t(weights=None, input_size=(size, size))
else:
    m = getattr(M, name)(weights=None)
g = torch.Generator().manual_seed(1)
for k, v in m.state_dict().items():
    if k.endswith('running_mean'):
        v.copy_(torch.randn(v.shape, generator=g) * 0.1)
    if k.endswith('running_var'):
        v.copy_(torch.rand(v.shape, generator=g) * 0.5 + 0.75)
    if k.startswith('heads.'):  # of ViT, which begins with zeros
        v.copy_(torch.randn(v.shape, generator=g) * 0.1)
axes = {'x': {0: 'N'}, 'y': {0: 'N'}} if batch == 'free' else None
torch.onnx.export(m.eval(), torch.randn(1, 3, size, size, generator=g), file, opset_version=opset, input_names=['x'], output_names=['y'], dynamic_axes=axes)
