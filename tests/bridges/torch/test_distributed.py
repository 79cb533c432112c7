"""A rank of DistributedDataParallel is traced as any pass; its gradients come from all ranks."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nbgrad as ng

RANK = """
    import sys

    import torch
    import torch.distributed as dist
    from torch import nn
    from torch.nn.parallel import DistributedDataParallel

    import nbgrad as ng

    rank, folder = int(sys.argv[1]), sys.argv[2]
    dist.init_process_group(
        "gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2
    )

    def loss_of(traced):
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        model = DistributedDataParallel(net)
        torch.manual_seed(rank)
        loss = model(torch.randn(5, 3)).square().mean()
        if traced:
            ng.trace(loss, names={"net": net, "loss": loss}).save(f"{folder}/{rank}.json")
        else:
            loss.backward()
        found = [p.grad.clone() for p in net.parameters()]
        if traced:  # once more, on top of the gradients that there are
            with model.no_sync():
                more = model(torch.ones(5, 3)).sum()
                alone = ng.trace(more, apply=False)
            assert "no gradient was changed by other ranks" in str(alone)
            again = ng.trace(model(torch.full((5, 3), rank + 1.0)).sum(), names={"net": net})
            assert [f.name for f in again.functions].count("all_reduce") >= 3
            added = net[2].weight.grad - found[2]
            assert torch.equal(torch.tensor(again.gradient("2.weight").array()), added)
        return found

    wanted, found = loss_of(False), loss_of(True)
    assert all(torch.equal(a, b) for a, b in zip(wanted, found))
    dist.destroy_process_group()
"""


@pytest.mark.slow
def test_two_ranks_share_their_gradients(tmp_path: Path) -> None:
    program = tmp_path / "rank.py"
    program.write_text(textwrap.dedent(RANK), encoding="utf-8")
    environment = {
        **os.environ,
        "GLOO_SOCKET_IFNAME": "lo",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ranks = [
        subprocess.Popen(
            [sys.executable, str(program), str(rank), str(tmp_path)],
            env=environment, stderr=subprocess.PIPE, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    try:
        for process in ranks:
            _, said = process.communicate(timeout=600)
            assert process.returncode == 0, said
    finally:
        for process in ranks:
            process.kill()  # one that waits for the other
    traces = [ng.Trace.load(tmp_path / f"{rank}.json") for rank in range(2)]
    assert [trace.rank for trace in traces] == [(0, 2), (1, 2)]
    assert "rank 0 of 2" in str(traces[0])
    series = ng.series(traces, axis="rank")
    assert "another one" not in str(series)
    assert [trace.rank for trace in series.traces] == [None, None]  # the axis says which
    norms = series.norms()
    assert norms["2.bias"][0] == norms["2.bias"][1]
    assert norms["2.bias (this rank)"][0] != norms["2.bias (this rank)"][1]
    series.save(tmp_path / "ranks.html")
    for v in traces[0].variables:
        if v.kind == "leaf":
            assert traces[0].gradient(v.name) is not None
