"""Weights of networks with seeded noise in them, and what PyTorch answers: make.py FOLDER [NAME...]

Writes NAME.pth, NAME.x.npy and NAME.y.npy. Needs Debian's python3-torchvision."""
import json, struct, sys
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F, torchvision.models as M

torch.set_num_threads(1)


class Block(nn.Module):
    """A basic block for CIFAR, its shortcut called downsample or shortcut, or one without weights."""

    def __init__(self, i, o, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.more, self.stride, self.name = o - i, stride, shortcut
        if shortcut and (stride != 1 or i != o):
            setattr(self, shortcut, nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.name:
            x = getattr(self, self.name, nn.Identity())(x)
        elif self.stride != 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return F.relu(x + y)


class Cifar(nn.Module):
    def __init__(self, shortcut, width, layers, blocks, head):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.layers, self.head, c = layers, head, width
        for layer in range(layers):
            parts = []
            for k in range(blocks):
                o = width << layer
                parts.append(Block(c, o, 2 if layer and not k else 1, shortcut))
                c = o
            setattr(self, f'layer{layer + 1}', nn.Sequential(*parts))
        setattr(self, head, nn.Linear(c, 10))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for layer in range(self.layers):
            x = getattr(self, f'layer{layer + 1}')(x)
        return getattr(self, self.head)(x.mean((2, 3)))


def safetensors(state):
    header, data = {}, b''
    for name, v in state.items():
        b = v.contiguous().numpy().tobytes()
        kind = {torch.float32: 'F32', torch.float16: 'F16', torch.int64: 'I64'}[v.dtype]
        header[name] = {'dtype': kind, 'shape': list(v.shape), 'data_offsets': [len(data), len(data) + len(b)]}
        data += b
    text = json.dumps(header).encode()
    return struct.pack('<Q', len(text)) + text + data


names = [n for n in '''alexnet densenet121 densenet161 efficientnet_b0 efficientnet_b1 efficientnet_b5 mnasnet0_5 mnasnet1_0 mobilenet_v2
mobilenet_v3_large mobilenet_v3_small regnet_x_400mf regnet_y_400mf regnet_y_1_6gf resnet18 resnet50 resnext50_32x4d
shufflenet_v2_x0_5 shufflenet_v2_x1_0 squeezenet1_0 squeezenet1_1 vgg11 vgg13_bn vit_b_32 wide_resnet50_2'''.split()]
cifar = {
    'cifar_zip': (Cifar('downsample', 4, 3, 1, 'fc'), lambda m, f: torch.save(m.state_dict(), f)),
    'cifar_legacy': (Cifar('', 4, 3, 1, 'linear'), lambda m, f: torch.save(
        {'epoch': 3, 'state_dict': {'module.' + k: v for k, v in m.state_dict().items()}}, f, _use_new_zipfile_serialization=False)),
    'cifar_safetensors': (Cifar('shortcut', 4, 3, 1, 'linear'), lambda m, f: open(f, 'wb').write(safetensors(m.state_dict()))),
}
out, chosen = sys.argv[1], sys.argv[2:] or names
for name in chosen:
    torch.manual_seed(0)
    if name in cifar:
        (m, save), size = cifar[name], 32
    else:
        m, save = getattr(M, name)(weights=None), lambda m, f: torch.save(m.state_dict(), f)
        size = {'efficientnet_b1': 240, 'efficientnet_b5': 456}.get(name, 224)
    g = torch.Generator().manual_seed(1)
    for k, v in m.state_dict().items():
        if k.endswith('running_mean'):
            v.copy_(torch.randn(v.shape, generator=g) * 0.1)
        if k.endswith('running_var'):
            v.copy_(torch.rand(v.shape, generator=g) * 0.5 + 0.75)
        if k.startswith('heads.'):  # of ViT, which begins with zeros
            v.copy_(torch.randn(v.shape, generator=g) * 0.1)
    m.eval()
    x = torch.randn(1, 3, size, size, generator=g)
    with torch.no_grad():
        y = m(x)
    save(m, f'{out}/{name}.pth')
    np.save(f'{out}/{name}.x.npy', x.numpy())
    np.save(f'{out}/{name}.y.npy', y.numpy())
