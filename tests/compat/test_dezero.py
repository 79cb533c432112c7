"""The book from step 43 on, in its own words."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import functions as F
from nbgrad.compat.dezero import layers as L
from nbgrad.compat.dezero import optimizers

RNG = np.random.default_rng(0)


def test_step_44_a_layer_finds_its_parameters() -> None:
    layer = dezero.Layer()
    layer.p1 = dezero.Parameter(np.array(1.0))
    layer.p2 = dezero.Parameter(np.array(2.0))
    layer.p3 = dezero.Variable(np.array(3.0))
    layer.inner = L.Linear(2, in_size=3)
    assert [name for name, _ in layer.named_params()] == ["p1", "p2", "inner/W", "inner/b"]
    assert all(isinstance(p, dezero.Parameter) for p in layer.params())


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.SGD(0.2),
        optimizers.MomentumSGD(0.1),
        optimizers.AdaGrad(0.1),
        optimizers.AdaDelta(eps=1e-3),
        optimizers.Adam(0.02),
    ],
)
def test_step_46_every_optimizer_learns_a_sine(optimizer: Any) -> None:
    np.random.seed(0)  # noqa: NPY002
    x = np.random.rand(100, 1)  # noqa: NPY002
    y = np.sin(2 * np.pi * x) + 0.1 * RNG.random((100, 1))
    model = dezero.MLP((10, 1))
    optimizer.setup(model)
    losses = []
    for _ in range(400):
        loss = F.mean_squared_error(y, model(x))
        model.cleargrads()
        loss.backward()
        optimizer.update()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_step_48_to_51_spirals_in_batches() -> None:
    np.random.seed(0)  # noqa: NPY002
    train = dezero.datasets.Spiral()
    loader = dezero.DataLoader(train, 30, rng=0)
    model = dezero.MLP((10, 3), activation=F.relu)
    optimizer = optimizers.Adam(0.01).setup(model)
    optimizer.add_hook(optimizers.WeightDecay(1e-4))
    optimizer.add_hook(optimizers.ClipGrad(5.0))
    for _ in range(60):
        shares = []
        for x, t in loader:
            y = model(x)
            loss = F.softmax_cross_entropy(y, t)
            model.cleargrads()
            loss.backward()
            optimizer.update()
            shares.append(F.accuracy(y, t).item())
    assert len(shares) == 10
    assert np.mean(shares) > 0.75


def test_functions_have_the_books_meaning() -> None:
    x = dezero.Variable(RNG.normal(size=(4, 3)))
    t = np.array([0, 2, 1, 1])
    scores = np.exp(x.data)
    np.testing.assert_allclose(F.softmax(x).data, scores / scores.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(F.mean_squared_error(x, x * 0).data, (x.data**2).sum() / 4)
    np.testing.assert_allclose(F.leaky_relu(x).data, np.where(x.data > 0, x.data, 0.2 * x.data))
    np.testing.assert_array_equal(F.get_item(x, (slice(None), 1)).data, x.data[:, 1])
    np.testing.assert_array_equal(F.embed_id(t, x[:3]).data, x.data[t])
    assert F.linear(x, np.ones((3, 2))).shape == (4, 2)
    assert F.average(x, axis=0).shape == (3,)
    hot = (x.data > 0) * 1.0
    p = 1 / (1 + np.exp(-x.data))
    expected = -(hot * np.log(p) + (1 - hot) * np.log(1 - p)).sum() / 4
    np.testing.assert_allclose(F.sigmoid_cross_entropy(x, hot).data, expected)
    np.testing.assert_allclose(F.binary_cross_entropy(F.sigmoid(x), hot).data, expected)
    column = F.sigmoid(x[:, :1])
    for f, v in ((F.binary_cross_entropy, column), (F.sigmoid_cross_entropy, x[:, :1])):
        np.testing.assert_array_equal(f(v, hot[:, 0]).data, f(v, hot[:, :1]).data)


def test_pictures() -> None:
    x = dezero.Variable(RNG.normal(size=(1, 2, 7, 7)))
    rows = F.im2col(x, 5, stride=1, pad=0)
    assert rows.shape == (9, 50)
    back = F.col2im(rows, x.shape, 5)
    np.testing.assert_allclose(
        back.data, F.col2im(F.im2col(x, 5, to_matrix=False), x.shape, 5, to_matrix=False).data
    )
    W = RNG.normal(size=(2, 3, 4, 4))
    small = dezero.Variable(RNG.normal(size=(1, 2, 3, 3)))
    assert F.deconv2d(small, W, None, stride=2, pad=1).shape == (1, 3, 6, 6)
    assert F.deconv2d(small, W, None, stride=2, pad=1, outsize=(7, 7)).shape == (1, 3, 7, 7)
    assert F.pooling(x, 2, 2).shape == F.average_pooling(x, 2, 2).shape == (1, 2, 3, 3)
    net = dezero.Sequential(L.Conv2d(4, 3, pad=1), L.BatchNorm(), F.relu, L.Deconv2d(1, 2, 2))
    y = net(x)
    assert y.shape == (1, 1, 14, 14)
    y.sum().backward()
    assert all(p.grad is not None for p in net.params())


def test_test_mode_switches_dropout_and_batch_norm() -> None:
    x = dezero.Variable(np.ones((50, 4)))
    assert (F.dropout(x).data != 1.0).any()
    layer = L.BatchNorm()
    layer(RNG.normal(3.0, 2.0, (50, 4)))
    with dezero.test_mode():
        assert (F.dropout(x).data == 1.0).all()
        before = layer.avg_mean.copy()
        y = layer(x)
    np.testing.assert_array_equal(layer.avg_mean, before)
    np.testing.assert_allclose(y.data[7], (1 - before) / np.sqrt(layer.avg_var + 2e-5))
    with dezero.using_config("train", False):
        assert (F.dropout(x).data == 1.0).all()
    with dezero.using_config("enable_backprop", False):
        assert (x * 2).creator is None


@pytest.mark.parametrize("kind", [L.RNN, L.LSTM])
def test_recurrent_layers_remember(kind: Any) -> None:
    layer = kind(5)
    x = RNG.normal(size=(3, 2))
    first, second = layer(x), layer(x)
    assert first.shape == second.shape == (3, 5)
    assert not np.allclose(first.data, second.data)
    second.sum().backward()
    assert all(p.grad is not None for p in layer.params())
    layer.reset_state()
    np.testing.assert_array_equal(layer(x).data, first.data)


def test_weights_come_back_from_a_file(tmp_path: Path) -> None:
    x = RNG.normal(size=(2, 3))
    model, other = dezero.MLP((4, 2)), dezero.MLP((4, 2))
    y = model(x)
    model.save_weights(tmp_path / "net.npz")
    other.load_weights(tmp_path / "net.npz")
    np.testing.assert_array_equal(other(x).data, y.data)


def test_sequences_go_on_in_each_row() -> None:
    data = [(np.array([i]), i + 1) for i in range(12)]
    batches = [x.ravel().tolist() for x, _ in dezero.SeqDataLoader(data, 3)]
    assert batches == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]


def test_adadelta_takes_the_steps_of_its_paper() -> None:
    layer = dezero.Layer()
    layer.p = p = dezero.Parameter(np.array([1.0, -2.0]))
    optimizer = optimizers.AdaDelta(rho=0.9, eps=1e-4).setup(layer)
    x, squares, steps = p.data.copy(), np.zeros(2), np.zeros(2)
    for _ in range(3):
        p.grad = g = 2.0 * x
        optimizer.update()
        squares = 0.9 * squares + 0.1 * g**2
        step = np.sqrt(steps + 1e-4) / np.sqrt(squares + 1e-4) * g
        steps = 0.9 * steps + 0.1 * step**2
        x = x - step
        np.testing.assert_allclose(p.data, x, rtol=1e-12)


def test_vgg16_has_the_books_weights() -> None:
    net = dezero.models.VGG16()
    names = [name for name, _ in net.named_params()]
    assert len(names) == 32
    assert names[:2] == ["conv1_1/W", "conv1_1/b"]
    assert names[-1] == "fc8/b"
    for layer, channels in (("conv5_3", 512), ("conv2_1", 128)):
        assert getattr(net, layer).out_channels == channels
    for name, size in (("fc6", 8), ("fc7", 8)):  # small ones, so that it takes no time
        setattr(net, name, L.Linear(size))
    with dezero.test_mode(), dezero.no_grad():
        assert net(RNG.normal(size=(1, 3, 32, 32)).astype(np.float32)).shape == (1, 1000)


class Picture:
    """What `preprocess` asks of Pillow."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    def convert(self, mode: str) -> Picture:
        assert mode == "RGB"
        return self

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.pixels.astype(dtype)


def test_vgg16_takes_blue_green_red_without_their_means() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., 0] = 200  # red
    found = dezero.models.VGG16.preprocess(Picture(pixels), size=None)
    assert found.shape == (3, 2, 2)
    np.testing.assert_allclose(found[:, 0, 0], [-103.939, -116.779, 200 - 123.68], rtol=1e-6)


def test_transforms() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    t = dezero.transforms
    done = t.Compose([t.ToFloat(), t.Normalize([1.0, 2.0], 2.0), t.Flatten()])(pixels)
    expected = (pixels - np.array([1.0, 2.0])[:, None, None]) / 2
    np.testing.assert_allclose(done, expected.ravel())
    assert t.ToInt()(done).dtype == int
    image = pytest.importorskip("PIL.Image").fromarray(RNG.integers(0, 255, (6, 8, 3), np.uint8))
    cut = t.Compose([t.Convert("BGR"), t.CenterCrop(4), t.ToArray()])(image)
    np.testing.assert_array_equal(cut, np.asarray(image)[1:5, 2:6, ::-1].transpose(2, 0, 1))
    assert t.Resize((3, 2))(image).size == (3, 2)


def test_data_of_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dezero.utils, "cache_dir", str(tmp_path))
    for name, head in (("images-idx3", 16 + 2 * 784), ("labels-idx1", 8 + 2)):
        with gzip.open(tmp_path / f"train-{name}-ubyte.gz", "wb") as file:
            file.write(bytes([255]) * head)
    digits = dezero.datasets.MNIST()
    assert len(digits) == 2
    x, t = digits[0]
    assert (x.shape, x.dtype, x.max(), t) == ((784,), np.float32, 1.0, 255)
    assert digits.labels()[7] == "7"
    with pytest.raises(OSError, match="nowhere"):
        dezero.utils.get_file(f"file://{tmp_path}/nowhere.bin")
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "names.txt").write_text("{0: 'tench'}")
    path = dezero.utils.get_file(f"file://{tmp_path}/from/names.txt")
    assert Path(path).read_text() == "{0: 'tench'}"
    assert sorted(p.name for p in tmp_path.glob("*.part")) == []
    (tmp_path / "imagenet1000_clsidx_to_labels.txt").write_text("{0: 'tench'}")
    assert dezero.datasets.ImageNet.labels() == {0: "tench"}
    curve = dezero.datasets.SinCurve(train=False)
    np.testing.assert_array_equal(curve.data[1:], curve.label[:-1])
    # The first of the book's points, in the book's order.
    x, t = dezero.datasets.get_spiral()
    np.testing.assert_allclose(x[0], [-0.1398138850927353, -0.007216573692858219], rtol=1e-6)
    assert t[0] == 1


def test_a_model_is_drawn(tmp_path: Path) -> None:
    model = dezero.MLP((4, 2))
    model.plot(RNG.normal(size=(2, 3)), to_file=tmp_path / "net.svg")
    assert "<svg" in (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert "sigmoid" in dezero.utils.get_dot_graph(model(RNG.normal(size=(2, 3))))


def test_nothing_runs_on_a_gpu() -> None:
    x = dezero.Variable(np.ones(2))
    assert not dezero.cuda.gpu_enable
    assert dezero.cuda.get_array_module(x) is np
    assert dezero.cuda.as_numpy(x) is x.data
    with pytest.raises(TypeError, match="GPU"):
        dezero.cuda.as_cupy(x)


def test_mistakes_are_named() -> None:
    with pytest.raises(RuntimeError, match="setup"):
        dezero.SGD().update()
    with pytest.raises(NotImplementedError, match="forward"):
        dezero.Layer()(1.0)
    assert ng.Variable is dezero.Variable
