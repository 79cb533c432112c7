"""Every sentence about a trace, in English and Korean.

``**…**`` is bold; ``{x}`` is filled in; ``{x|을/를}`` is the Korean particle that fits the
end of x. `language.Speaker` puts sentences together.
"""

from __future__ import annotations

from typing import TypeAlias

LANGUAGES = ("en", "ko")

Table: TypeAlias = dict[str, tuple[str, str]]
"""A text by its key, in each language."""

SENTENCES: Table = {
    # -- names and counts --
    "title_generation": ("backward of {y}", "{y}의 역전파"),
    "title_naive": ("backward of {y} in the naive order", "{y}의 역전파, 단순 순서"),
    "rank": (
        "rank {rank} of {n}: what all_reduce gives is the mean of the gradients of all ranks.",
        "랭크 {rank}/{n}: all_reduce가 주는 것은 모든 랭크의 기울기 평균입니다.",
    ),
    "rank_alone": (
        "rank {rank} of {n}: no gradient was changed by other ranks in this pass.",
        "랭크 {rank}/{n}: 이 역전파에서 다른 랭크가 바꾼 기울기는 없습니다.",
    ),
    "title_sequence": ("backward of {y} as its engine ran it", "{y}의 역전파, 엔진이 실행한 순서"),
    "subtitle": ("{functions} in {generations}", "{generations}, {functions}"),
    "folded": ("{functions} folded into {n},", "{functions}를 {n}개로 접음"),
    "functions.1": ("1 function", "함수 1개"),
    "functions": ("{n} functions", "함수 {n}개"),
    "variables.1": ("1 variable", "변수 1개"),
    "variables": ("{n} variables", "변수 {n}개"),
    "generations.1": ("1 generation", "1세대"),
    "generations": ("{n} generations", "{n}세대"),
    "more": ("{n} more", "그 밖에 {n}개"),
    "call": ("{f} → {y}", "{f} → {y}"),
    "array": ("a gradient of shape {shape}", "형상이 {shape}인 기울기"),
    "grad": ("**{x}.grad {sign} {value}**", "**{x}.grad {sign} {value}**"),
    "grad_array": ("**{x}.grad** (norm {norm})", "**{x}.grad**(노름 {norm})"),
    "grad_bad": ("**{x}.grad** (with {bad} in it)", "**{x}.grad**({bad} 포함)"),
    "value": ("**{x} = {value}**", "**{x} = {value}**"),
    "value_array": ("**{x}** {shape}", "**{x}** {shape}"),
    "generation": ("**Generation {g}.** ", "**세대 {g}.** "),
    "function": ("**{call}**, generation {g}. ", "**{call}**, 세대 {g}. "),
    # -- the forward pass --
    "leaves": ("**Start.** Given: {values}.", "**시작.** 주어진 값: {values}."),
    "leaves_none": (
        "**Start.** Nothing but constants is given.",
        "**시작.** 주어진 것은 상수뿐입니다.",
    ),
    "makes": ("{f} makes {y} from {x}.", "{f} 함수가 {x}에서 {y}{y|을/를} 만듭니다."),
    "makes_alone": ("{f} makes {y}.", "{f} 함수가 {y}{y|을/를} 만듭니다."),
    "makes_many": ("{functions} make {values}.", "{functions}가 다음 값을 만듭니다: {values}."),
    # -- the start of the backward pass --
    "seed": (
        "**Start.** All values are computed. Backward begins at **{y}** with {grad}.",
        "**시작.** 모든 값이 계산되었습니다. 역전파는 **{y}**에서 {grad}{grad|으로/로} 시작합니다.",
    ),
    "seed_ones": (
        (
            "**Start.** All values are computed. Backward begins at **{y}**: **{y}.grad** is all ones, "
            "shape {shape}."
        ),
        (
            "**시작.** 모든 값이 계산되었습니다. 역전파는 **{y}**에서 시작합니다. **{y}.grad**는 모두 1이고 "
            "형상은 {shape}입니다."
        ),
    ),
    "seed_preset": (
        "**Start.** Backward begins at **{y}** with the gradient that was set there: {grad}.",
        "**시작.** 역전파는 **{y}**에 미리 넣어 둔 기울기 {grad}{grad|으로/로} 시작합니다.",
    ),
    # -- what arrives at one variable --
    "sends": (
        "{f} sends {amount} back to **{x}**: {grad}.",
        "{f} 함수가 **{x}**에 {amount}{amount|을/를} 돌려보냅니다: {grad}.",
    ),
    "sends_more": (
        "{f} sends {amount} back to **{x}**, where {before} had already arrived; they add up: {grad}.",
        (
            "{f} 함수가 **{x}**에 {amount}{amount|을/를} 돌려보냅니다. "
            "먼저 도착한 {before}{before|과/와} 더해져 {grad}{grad|이/가} 됩니다."
        ),
    ),
    "sends_each": (
        "{f} sends back {amounts}: {grads}.",
        "{f} 함수가 {amounts} 돌려보냅니다: {grads}.",
    ),
    "amount_to": ("{amount} to **{x}**", "**{x}**에 {amount}{amount|을/를}"),
    "twice": (
        "{f} uses **{x}** twice, so it sends {amounts} back and the two add up{top}: {grad}.",
        (
            "{f} 함수는 **{x}**{x|을/를} 두 번 쓰므로 {amounts}{amounts|을/를} 돌려보내고, "
            "이 둘이{top} 더해져 {grad}{grad|이/가} 됩니다."
        ),
    ),
    "often": (
        "{f} uses **{x}** {n} times, and what it sends back adds up{top}: {grad}.",
        "{f} 함수는 **{x}**{x|을/를} {n}번 쓰고, 돌려보낸 것이{top} 모두 더해져 {grad}{grad|이/가} 됩니다.",
    ),
    "both_same": (
        "Both {fs} use **{x}**, so each sends {amount} back and the two add up{top}: {grad}.",
        (
            "두 {f} 함수가 모두 **{x}**{x|을/를} 쓰므로 각각 {amount}{amount|을/를} 돌려보내고, "
            "이 둘이{top} 더해져 {grad}{grad|이/가} 됩니다."
        ),
    ),
    "all_same": (
        "All {n} {fs} use **{x}**, so each sends {amount} back and they add up{top}: {grad}.",
        (
            "{f} 함수 {n}개가 모두 **{x}**{x|을/를} 쓰므로 각각 {amount}{amount|을/를} 돌려보내고, "
            "모두{top} 더해져 {grad}{grad|이/가} 됩니다."
        ),
    ),
    "both": (
        "{fs} both use **{x}** and send {amounts} back, which add up{top}: {grad}.",
        (
            "{fs}{fs|이/가} 모두 **{x}**{x|을/를} 쓰므로 {amounts}{amounts|을/를} 돌려보내고, "
            "이 둘이{top} 더해져 {grad}{grad|이/가} 됩니다."
        ),
    ),
    "several": (
        "{functions} use **{x}**, and what they send back adds up{top}: {grad}.",
        "{functions}가 **{x}**{x|을/를} 쓰고, 돌려보낸 것이{top} 모두 더해져 {grad}{grad|이/가} 됩니다.",
    ),
    "on_top": (" on top of the {before} that had already arrived", " 먼저 도착한 {before}에"),
    "sends_nothing": (
        "{f} sends nothing back: none of its inputs needs a gradient.",
        "{f} 함수는 돌려보내지 않습니다. 기울기가 필요한 입력이 없습니다.",
    ),
    "many": (
        "{functions} run and send gradients back to {variables}, among them {grads}.",
        "{functions}가 실행되어 {variables}에 기울기를 돌려보냅니다. 그 가운데 {grads}.",
    ),
    "many_of_one": (
        "{f} sends gradients back to {variables}, among them {grads}.",
        "{f}{f|이/가} {variables}에 기울기를 돌려보냅니다. 그 가운데 {grads}.",
    ),
    "from_before": (
        " **{x}.grad** held {before} before this pass (no cleargrad), so it ends as **{total}**.",
        (
            " 이 역전파 전에 **{x}.grad**에 {before}{before|이/가} 남아 있었으므로(cleargrad를 부르지 "
            "않음) 끝나면 **{total}**{total|이/가} 됩니다."
        ),
    ),
    "zero_outputs": (
        " No gradient arrived at {ys}; it counts as zero.",
        " {ys}에는 기울기가 오지 않아 0으로 셉니다.",
    ),
    "nan_known": (
        " Here the first known **NaN** appears; earlier values were not kept.",
        " 여기서 알려진 첫 **NaN**이 나타납니다. 앞선 값은 보관되지 않았습니다.",
    ),
    "inf_known": (
        " Here the first known **infinity** appears; earlier values were not kept.",
        " 여기서 알려진 첫 **무한대**가 나타납니다. 앞선 값은 보관되지 않았습니다.",
    ),
    "nan": (" Here the first **NaN** appears.", " 여기서 처음으로 **NaN**이 나타납니다."),
    "inf": (" Here the first **infinity** appears.", " 여기서 처음으로 **무한대**가 나타납니다."),
    "vanishing": (
        " From here on the gradient all but vanishes.",
        " 여기서부터 기울기가 거의 소실됩니다.",
    ),
    "exploding": (" From here on the gradient explodes.", " 여기서부터 기울기가 폭발합니다."),
    "again": (" It runs again, for the {n} time.", " 같은 함수가 {n}번째로 다시 실행됩니다."),
    # -- what is worth a look --
    "remark_largest": ("largest gradient: {x}.grad, {norm}", "가장 큰 기울기: {x}.grad, {norm}"),
    "remark_smallest": (
        "smallest gradient: {x}.grad, {norm}",
        "가장 작은 기울기: {x}.grad, {norm}",
    ),
    "remark_dead": ("{share} % of {x} is dead here", "여기서 {x}의 {share} %가 죽어 있습니다"),
    "remark_saturated": ("{share} % of {x} is saturated", "{x}의 {share} %가 포화 상태입니다"),
    # -- the queue --
    "done": (
        "Nothing is waiting: the backward pass is done.",
        "기다리는 함수가 없습니다. 역전파가 끝났습니다.",
    ),
    "cut_off": (
        "The replay stops here: this order would need too many calls.",
        "여기서 멈춥니다. 이 순서로는 너무 많은 호출이 필요합니다.",
    ),
    "only": (
        "**{call}**, generation {g}: the only one waiting, and {ready}.",
        "**{call}**, 세대 {g}: 기다리는 함수가 이것뿐이고 {ready}.",
    ),
    "largest": (
        "**{call}**, generation {g}: the largest generation of the {n} waiting, so {ready}.",
        "**{call}**, 세대 {g}: 기다리는 {n}개 가운데 세대가 가장 크므로 {ready}.",
    ),
    "first_of": (
        (
            "**{call}**, generation {g}: {same} of the {n} waiting share the largest generation, and "
            "it was queued first; {ready}."
        ),
        (
            "**{call}**, 세대 {g}: 기다리는 {n}개 가운데 {same}개가 가장 큰 세대이고 그중 먼저 "
            "줄을 섰습니다. {ready}."
        ),
    ),
    "first_of_all": (
        (
            "**{call}**, generation {g}: all {n} waiting are of this generation, and it was queued "
            "first; {ready}."
        ),
        "**{call}**, 세대 {g}: 기다리는 {n}개가 모두 이 세대이고 그중 먼저 줄을 섰습니다. {ready}.",
    ),
    "generation_only": (
        "{calls}, generation {g}: nothing else is waiting, and {ready}.",
        "{calls}, 세대 {g}: 다른 함수는 기다리지 않고 {ready}.",
    ),
    "generation_next": (
        "{calls}, generation {g}: the largest generation of the {n} waiting, so {ready}.",
        "{calls}, 세대 {g}: 기다리는 {n}개 가운데 세대가 가장 크므로 {ready}.",
    ),
    "complete": ("{grads} is complete", "{grads}{grads|이/가} 완성되어 있습니다"),
    "complete_all": ("{grads} are complete", "{grads}{grads|이/가} 모두 완성되어 있습니다"),
    "newest": (
        "**{call}**: the newest of the {n} waiting, and {ready}.",
        "**{call}**: 기다리는 {n}개 가운데 가장 최근에 만들어졌고, {ready}.",
    ),
    "newest_only": (
        "**{call}**: the only one waiting, and {ready}.",
        "**{call}**: 기다리는 함수가 이것뿐이고, {ready}.",
    ),
    "newest_not_ready": (
        "**{call}**: the newest function whose gradient is complete.",
        "**{call}**: 기울기가 완성된 함수 가운데 가장 최근에 만들어졌습니다.",
    ),
    "pushed_last": (
        "**{call}**: pushed last, so it runs first, and {ready}.",
        "**{call}**: 마지막에 들어왔으므로 먼저 실행되고, {ready}.",
    ),
    "pushed_early": (
        (
            "**{call}**: pushed last, so it runs first, although {grads} is not complete: more will "
            "arrive, and it must run again."
        ),
        (
            "**{call}**: 마지막에 들어왔으므로 먼저 실행됩니다. 하지만 {grads}{grads|은/는} 아직 "
            "완성되지 않았습니다. 나중에 더 도착하고, 다시 실행해야 합니다."
        ),
    ),
    # -- wrong order beside right order --
    "parts": (
        (
            "At step {k} the naive order runs **{wrong}**, which was pushed last, while "
            "**{right}**, of the larger generation, still waits: {grads} is not complete, so what "
            "is sent on now is sent on again later."
        ),
        (
            "{k}단계에서 단순 순서는 마지막에 들어온 **{wrong}**{wrong|을/를} 먼저 "
            "실행하는데, 세대가 더 큰 **{right}**{right|은/는} 아직 기다리고 있습니다. {grads}{grads|이/가} "
            "완성되지 않았으므로 지금 보낸 것을 나중에 또 보내게 됩니다."
        ),
    ),
    "parts_harmless": (
        (
            "The orders part at step {k}. The naive one runs **{wrong}**, which was pushed last, the right "
            "one **{right}**. All that **{wrong}** needs is there, so this alone changes no gradient."
        ),
        (
            "{k}단계에서 두 순서가 갈라집니다. 단순 순서는 마지막에 들어온 **{wrong}**{wrong|을/를}, "
            "올바른 순서는 **{right}**{right|을/를} 실행합니다. **{wrong}**에 필요한 것이 모두 있으므로 "
            "이것만으로는 기울기가 달라지지 않습니다."
        ),
    ),
    "parts_never": (
        "Here both orders run the same functions one after the other.",
        "여기서는 두 순서가 같은 함수를 차례로 실행합니다.",
    ),
    "parts_later": (
        "Up to here both orders are the same; they part at step {k}.",
        "여기까지는 두 순서가 같고, {k}단계에서 갈라집니다.",
    ),
    "parts_again": (
        "The right order is done; the naive one runs **{wrong}** again.",
        "올바른 순서는 끝났지만 단순 순서는 **{wrong}**{wrong|을/를} 다시 실행합니다.",
    ),
    "parts_cut_off": (
        "Cut off after {n} calls: the naive order runs functions again and again.",
        "{n}번 호출한 뒤 멈추었습니다. 단순 순서는 같은 함수를 거듭 실행합니다.",
    ),
    "results_differ": (
        "In the end **{x}.grad** is **{wrong}** instead of **{right}**.",
        "결국 **{x}.grad**는 **{right}** 대신 **{wrong}**{wrong|이/가} 됩니다.",
    ),
    "results_agree": (
        "In the end both give the same gradients.",
        "결국 두 순서의 기울기는 같습니다.",
    ),
    # -- for those who cannot see the picture --
    "alt": (
        "Graph of {y}: {variables} and {functions} in {generations}. {parts}",
        "{y}의 그래프: {generations}, {variables}, {functions}. {parts}",
    ),
    "alt_generation": ("Generation {g}: {parts}.", "세대 {g}: {parts}."),
    # -- the table in a terminal --
    "col_generation": ("gen", "세대"),
    "col_function": ("function", "함수"),
    "col_upstream": ("upstream", "받은 기울기"),
    "col_sends": ("sends back", "돌려보냄"),
    "col_grad": ("gradient", "기울기"),
    "sends_to": ("{amount} to {x}", "{x}에 {amount}"),
    "held": (
        "{x}.grad {total} {sign} {before} from before + {gathered}",
        "{x}.grad {total} {sign} 이전의 {before} + {gathered}",
    ),
    "held_array": (
        "{x}.grad held {before} before; this pass added {gathered}.",
        "{x}.grad에 있던 {before}에 이번 역전파가 {gathered}{gathered|을/를} 더했습니다.",
    ),
    "summed": ("{total}, summed", "{total}, 합"),
    "seed_row": ("seed", "초깃값"),
    "not_applied": ("Not applied: no .grad was changed.", "적용하지 않음: .grad는 그대로입니다."),
    "first_nan": ("The first NaN is in {what}: {call}.", "첫 NaN: {what} ({call})."),
    "unchosen": (
        " 0 times an infinite slope is NaN: a where did not choose this branch.",
        " 0과 무한한 기울기의 곱은 NaN입니다. where가 고르지 않은 갈래입니다.",
    ),
    "infinite_slope": (
        " 0 times an infinite slope is NaN.",
        " 0과 무한한 기울기의 곱은 NaN입니다.",
    ),
    "choose_before_torch": (
        " Choose before the function: f(torch.where(mask, x, 1.0)).",
        " 함수에 넣기 전에 먼저 고르세요: f(torch.where(mask, x, 1.0)).",
    ),
    "choose_before": (
        " Choose before the function: f(ng.where(mask, x, 1.0)).",
        " 함수에 넣기 전에 먼저 고르세요: f(ng.where(mask, x, 1.0)).",
    ),
    "first_nan_known": (
        "The first known NaN is in {what}: {call}; earlier values were not kept.",
        "알려진 첫 NaN: {what} ({call}). 앞선 값은 보관되지 않았습니다.",
    ),
    "first_inf_known": (
        "The first known infinity is in {what}: {call}; earlier values were not kept.",
        "알려진 첫 무한대: {what} ({call}). 앞선 값은 보관되지 않았습니다.",
    ),
    "no_gradient.1": (
        "{grads} is None: no gradient arrived there in this pass.",
        "{grads}{grads|은/는} None입니다. 이번 역전파에서 기울기가 도착하지 않았습니다.",
    ),
    "no_gradient": (
        "{grads} are None: no gradient arrived there in this pass.",
        "{grads}{grads|은/는} None입니다. 이번 역전파에서 기울기가 도착하지 않았습니다.",
    ),
    "values.1": ("1 value", "값 1개"),
    "values": ("{n} values", "값 {n}개"),
    "not_kept": (
        "Not kept by PyTorch: {values}. Run the forward pass inside ng.watch(model).",
        "PyTorch가 남기지 않음: {values}. ng.watch(model) 안에서 순전파를 실행하세요.",
    ),
    "flow_none": ("no gradient at {names}", "기울기 없음: {names}"),
    "flow_nan": ("NaN in {names}", "NaN: {names}"),
    "flow_inf": ("infinite in {names}", "무한대: {names}"),
    "flow_exploding": ("exploding at {names}", "폭발: {names}"),
    "flow_vanishing": ("vanishing at {names}", "소실: {names}"),
    "flow_dead": ("mostly zeros in {names}", "대부분 0: {names}"),
    "flow_fine": (
        "the gradient reaches every parameter; no norm vanishes or explodes",
        "모든 매개변수에 기울기가 닿고, 소실되거나 폭발하는 노름이 없음",
    ),
    "first_inf": ("The first infinity is in {what}: {call}.", "첫 무한대: {what} ({call})."),
    "first_vanishing": (
        "The gradient all but vanishes at {what}: {call}.",
        "기울기가 거의 소실되는 곳: {what} ({call}).",
    ),
    "first_exploding": (
        "The gradient explodes at {what}: {call}.",
        "기울기가 폭발하는 곳: {what} ({call}).",
    ),
    "given_nan": ("{what} is given with NaN in it.", "{what}에 처음부터 NaN이 있습니다."),
    "given_inf": (
        "{what} is given with an infinity in it.",
        "{what}에 처음부터 무한대가 있습니다.",
    ),
    "rows_more": ("… {n} more calls", "… 호출 {n}개 더"),
    "truncated": (
        "Cut off: this order needs too many calls.",
        "중단됨: 이 순서는 호출이 너무 많습니다.",
    ),
    # -- a series of takes --
    "series_title": ("{y}, {takes} by {axis}", "{y}, {axis}별 {takes}"),
    "compare_title": ("Gradients, {after} against {before}", "기울기, {after}, {before}와 비교"),
    "compare_change": ("difference", "차이"),
    "takes.1": ("1 take", "장면 1개"),
    "takes": ("{n} takes", "장면 {n}개"),
    "take": ("**{axis} {at}**: {said}.", "**{axis} {at}**: {said}."),
    "take_value": ("{y} {value}", "{y} {value}"),
    "take_slope": ("{x}.grad {value}", "{x}.grad {value}"),
    "take_slope_trend": ("{x}.grad {value}, {trend}", "{x}.grad {value}, {trend}"),
    "take_grad": ("{x}.grad norm {value}", "{x}.grad 노름 {value}"),
    "take_grad_trend": ("{x}.grad norm {value}, {trend}", "{x}.grad 노름 {value}, {trend}"),
    "rising": ("rising", "커지는 중"),
    "falling": ("falling", "작아지는 중"),
    "steady": ("steady", "그대로"),
    "take_dead": ("{x}.grad is exactly zero", "{x}.grad가 정확히 0"),
    "take_nan": ("{what} has NaN in it", "{what}에 NaN이 있음"),
    "take_inf": ("{what} has an infinity in it", "{what}에 무한대가 있음"),
    "take_vanishing": ("{what} vanishes", "{what} 소실"),
    "take_exploding": ("{what} explodes", "{what} 폭발"),
    "graph_changes": (
        "From {axis} {at} on the graph is another one: {after} in place of {before}.",
        "{axis} {at}부터 그래프가 바뀝니다: {before} 대신 {after}.",
    ),
    "graph_differs": (
        "From {axis} {at} on the graph is another one, of the same functions.",
        "{axis} {at}부터 그래프가 바뀝니다. 함수는 같습니다.",
    ),
    "sweep_same_functions": (
        "The functions stay the same: an if in the code is not run again.",
        "함수는 그대로입니다. 코드의 if는 다시 실행되지 않습니다.",
    ),
    "sweep_random": (
        "{f} gives other numbers each time it runs, so not all that changes comes from {x}.",
        "{f} 함수는 실행할 때마다 다른 수를 내므로, 바뀌는 것이 모두 {x} 때문은 아닙니다.",
    ),
}
