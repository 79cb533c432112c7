"""The words of the stepper: names of buttons, labels, short notes, in English and Korean.

The narrator's sentences are in `sentences`. The front end has no text of its own: it shows what
stands here. ``{name}`` is filled in, ``**…**`` is set bold.
"""

from __future__ import annotations

from .sentences import LANGUAGES, SENTENCES, Table

_WORDS: Table = {
    "stepper": ("stepper", "단계 보기"),
    "graph": ("the graph", "계산 그래프"),
    "details": ("This step in detail", "이번 단계 자세히"),
    # transport
    "first": ("First", "처음"),
    "previous": ("Previous", "이전"),
    "play": ("Play", "재생"),
    "pause": ("Pause", "일시정지"),
    "next": ("Next", "다음"),
    "last": ("Last", "끝"),
    "step": ("Step", "단계"),
    "turn": (" (step {n})", " (단계 {n})"),
    "firstHint": (
        "To the start of the backward pass; again: of the forward pass (Home)",
        "역전파의 처음으로, 한 번 더 누르면 순전파의 처음으로 (Home)",
    ),
    "previousHint": ("One step back (←)", "한 단계 뒤로 (←)"),
    "playHint": ("Play or pause (space)", "재생 또는 일시정지 (스페이스)"),
    "nextHint": ("One step on (→)", "한 단계 앞으로 (→)"),
    "lastHint": ("To the end (End)", "끝으로 (End)"),
    "speed": ("Speed", "속도"),
    "keysHint": (
        "Arrow keys step, Home and End jump, space plays, + and − zoom, 0 fits",
        "화살표로 단계 이동, Home과 End로 처음과 끝, 스페이스로 재생, +와 −로 확대와 축소, 0으로 전체 보기",
    ),
    "spaceKey": ("space", "스페이스"),
    # head
    "granularity": ("Steps", "단계 단위"),
    "byGeneration": ("by generation", "세대별"),
    "byFunction": ("by function", "함수별"),
    "naiveOrder": ("naive order", "단순 순서"),
    "naiveHint": (
        "Replay without generations: last in, first out",
        "세대 없이 다시 실행: 나중에 들어온 것부터",
    ),
    "predict": ("predict", "예측"),
    "predictHint": (
        "Hide each new gradient until you have guessed it",
        "새 기울기를 맞혀 볼 때까지 숨깁니다",
    ),
    "search": ("Find", "찾기"),
    "listView": ("Show as a list", "목록으로 보기"),
    "codeView": ("Show the code", "코드 보기"),
    "codeTitle": ("Your code", "작성한 코드"),
    "lecture": ("Lecture mode", "강의 모드"),
    "askTitle": ("Question", "질문"),
    "askRight": ("Right.", "맞았습니다."),
    "askWrong": ("Not yet: look again.", "아직 아닙니다. 다시 살펴보세요."),
    "save": ("Save", "저장"),
    "savePage": ("Page (.html)", "페이지 (.html)"),
    "saveSvg": ("Picture (.svg)", "그림 (.svg)"),
    "savePng": ("Picture (.png)", "그림 (.png)"),
    "jumpTo": ("first {what}", "첫 {what}"),
    "remarks": ("Worth a look", "살펴볼 곳"),
    "checkLeaf": ("check the gradient", "기울기 확인"),
    "checked": ("by finite difference: {number}", "유한 차분으로: {number}"),
    "sizeLegend": (
        "Size of the gradient, from {low} to {high}",
        "기울기의 크기, {low}부터 {high}까지",
    ),
    "jumpHint": ("Jump to the step where it first appears", "처음 나타난 단계로 이동"),
    # stage
    "follow": ("Follow the step", "단계 따라가기"),
    "zoomIn": ("Zoom in", "확대"),
    "zoomOut": ("Zoom out", "축소"),
    "fit": ("Show all", "전체 보기"),
    "height": ("Height of the drawing", "그림의 높이"),
    "heightHint": (
        "Drag to change the height; double-click for its own height",
        "끌어서 높이를 바꿉니다. 두 번 누르면 원래 높이로 돌아갑니다",
    ),
    "positive": ("positive", "양수"),
    "negative": ("negative", "음수"),
    "nextInQueue": ("next", "다음 차례"),
    "madeByBackward": ("made by a backward pass", "역전파가 만든 부분"),
    "open": ("open", "펼치기"),
    "nodes": ("{n} nodes", "노드 {n}개"),
    "generation": ("generation {g}", "세대 {g}"),
    "generationShort": ("gen {g}", "{g}"),
    "generations": ("generations {a} to {b}", "세대 {a}~{b}"),
    # stops
    "start": ("start", "시작"),
    "leaves": ("leaves", "말단 변수"),
    "forwardGeneration": ("forward, generation {g}", "순전파 세대 {g}"),
    "forwardShort": ("fwd {g}", "순 {g}"),
    # nodes
    "grad": ("grad", "grad"),
    "value": ("value", "값"),
    "function": ("function", "함수"),
    "leaf": ("leaf", "말단 변수"),
    "intermediate": ("intermediate", "중간 변수"),
    "constant": ("constant", "상수"),
    "unused": ("unused output", "쓰이지 않은 출력"),
    "rootVariable": ("root", "출발 변수"),
    "inGeneration": ("generation {g}", "세대 {g}"),
    "notComputed": ("not yet computed", "아직 계산되지 않음"),
    "freed": ("freed", "해제됨"),
    "hidden": ("hidden: guess first", "숨김: 먼저 예측해 보세요"),
    "noGradient": ("no gradient flowed here", "기울기가 흐르지 않음"),
    "nan": ("NaN", "NaN"),
    "inf": ("infinity", "무한대"),
    "vanishing": ("vanishing gradient", "기울기 소실"),
    "exploding": ("exploding gradient", "기울기 폭발"),
    "shape": ("shape", "형상"),
    "norm": ("norm", "노름"),
    # inspector
    "thisStep": ("This step · {what}", "이번 단계 · {what}"),
    "inCell": ("in [{cell}], line {line}", "[{cell}]번 셀 {line}행"),
    "inFile": ("{file}, line {line}", "{file} {line}행"),
    "seedText": (
        "The backward pass starts at {name}: its gradient with respect to itself is the seed.",
        "역전파는 {name}에서 시작합니다. 자기 자신에 대한 기울기가 초깃값입니다.",
    ),
    "leavesText": ("The values that the computation starts from.", "계산이 시작되는 값들입니다."),
    "freedTitle": ("Freed after this step", "이 단계 뒤에 해제"),
    "freedText": (
        "{names} — intermediates are kept only with retain_grad",
        "{names} — 중간 변수의 기울기는 retain_grad일 때만 남습니다",
    ),
    "nextTitle": ("Next", "다음 차례"),
    "endTitle": ("Done", "완료"),
    "nothingWaits": (
        "Nothing waits: the backward pass is complete.",
        "기다리는 함수가 없습니다. 역전파가 끝났습니다.",
    ),
    "more": ("… {n} more", "… 외 {n}개"),
    "close": ("Close", "닫기"),
    "inputs": ("inputs", "입력"),
    "outputs": ("outputs", "출력"),
    "noRule": ("no rule is known", "알려진 규칙이 없습니다"),
    "generalRule": ("general rule", "일반 규칙"),
    "whyNotALeaf": (
        "None after the pass: not a leaf. PyTorch keeps the gradient of an intermediate only after {name}.retain_grad()",
        "역전파가 끝나면 None: 말단 변수가 아닙니다. PyTorch는 {name}.retain_grad()를 부른 중간 변수의 기울기만 남깁니다",
    ),
    "whyNoGradient": (
        "None: no gradient arrived here in this pass",
        "None: 이번 역전파에서 기울기가 도착하지 않았습니다",
    ),
    "notKept": (
        "Not kept by PyTorch. To see it, run the forward pass inside ng.watch(model)",
        "PyTorch가 남기지 않은 값입니다. ng.watch(model) 안에서 순전파를 실행하면 볼 수 있습니다",
    ),
    # gradient flow
    "flow": ("Gradient flow", "기울기 흐름"),
    "flowRatio": ("{ratio} of the parameter's norm", "매개변수 노름의 {ratio}"),
    "flowZeros": ("{share} % zeros", "0이 {share} %"),
    # modules
    "functions": ("{n} functions", "함수 {n}개"),
    "parameters": ("Parameters", "매개변수"),
    "nParameters": ("{n} parameters", "매개변수 {n}개"),
    "openModule": ("Open {path} ({n} functions)", "{path} 펼치기 (함수 {n}개)"),
    "closeModule": ("Close {path}", "{path} 접기"),
    "needsKernelToOpen": (
        "To open or close this module, run the notebook: it needs a kernel.",
        "이 모듈을 열거나 닫으려면 노트북을 실행하세요. 커널이 필요합니다.",
    ),
    "openHint": ("double-click or O opens it", "두 번 누르거나 O를 누르면 펼칩니다"),
    "whyConstant": (
        "None: a constant, no gradient is computed for it",
        "None: 상수이므로 기울기를 구하지 않습니다",
    ),
    "whyFreed": (
        "None: freed after its step; backward(retain_grad=True) keeps it",
        "None: 자기 단계 뒤에 해제되었습니다. backward(retain_grad=True)로 남길 수 있습니다",
    ),
    # ledger
    "ledgerTitle": ("Where {name}.grad comes from", "{name}.grad의 내역"),
    "ledgerBefore": ("there before: no cleargrad", "전부터 있던 값: cleargrad를 하지 않음"),
    "ledgerSeed": ("seed", "초깃값"),
    "ledgerFrom": ("from", "보낸 곳:"),
    "ledgerOpen": ("{n} to come", "{n}개 더 올 예정"),
    "toCome": ("to come", "올 예정"),
    "contribution": ("contribution", "더해진 값"),
    # predict
    "guessTitle": ("Your turn", "맞혀 보세요"),
    "guessAsk": ("What will {name}.grad be?", "{name}.grad는 얼마가 될까요?"),
    "guessAskShape": ("Which shape will {name}.grad have?", "{name}.grad의 형상은 무엇일까요?"),
    "guessSay": ("Guess first: **{names}**.", "먼저 예측해 보세요: **{names}**."),
    "guessCheck": ("Check", "확인"),
    "guessReveal": ("Reveal", "보기"),
    "guessRight": ("Right: {answer}.", "맞았습니다: {answer}."),
    "guessWrong": ("Not {guess}: it is {answer}.", "{guess}이(가) 아니라 {answer}입니다."),
    "guessUnreadable": ("Please type a number.", "숫자를 입력해 주세요."),
    "guessUnreadableShape": (
        "Please type a shape, such as 2, 3.",
        "2, 3처럼 형상을 입력해 주세요.",
    ),
    "guessScore": ("{right} of {all} right", "{all}개 중 {right}개 정답"),
    "guessShown": ("It is {answer}.", "{answer}입니다."),
    # two orders
    "ordersNaive": ("naive", "단순"),
    "ordersRight": ("by generation", "세대별"),
    # list
    "sumOver": ("Σ over {i} of {terms}", "{i}에 대한 Σ {terms}"),
    "whatIf": ("What if it were", "이 값이 다르다면"),
    "element": ("element", "원소"),
    "reset": ("Reset", "되돌리기"),
    "keep": ("Keep", "유지"),
    "rate": ("learning rate", "학습률"),
    "descend": ("1 step", "1단계"),
    "descendTen": ("10 steps", "10단계"),
    "descent": ("Gradient descent on copies", "기울기를 따라 내려가기, 복사본으로"),
    "changedLeaves": ("Other values than in the notebook: {names}.", "노트북과 다른 값: {names}."),
    "kept": ("Kept in the notebook: {names}.", "노트북에 유지했습니다: {names}."),
    "busy": (
        "The kernel is busy. The numbers change when it is free.",
        "커널이 다른 계산을 하고 있습니다. 끝나면 숫자가 바뀝니다.",
    ),
    "compare": ("Compare", "비교"),
    "compareHint": ("Compare other takes with this one", "다른 장면을 이 장면과 비교합니다"),
    "compared": ("{axis} {at} against {axis} {other}", "{axis} {at}, {axis} {other}와 비교"),
    "difference": ("difference", "차이"),
    "otherGraph": (
        "The graph of {axis} {other} is another one.",
        "{axis} {other}의 그래프는 다른 그래프입니다.",
    ),
    "sameFunctions": SENTENCES["sweep_same_functions"],
    "needsKernel": (
        "To edit this number, open the stepper in a notebook: it needs a kernel.",
        "이 값을 바꾸려면 단계 보기를 노트북에서 여세요. 커널이 필요합니다.",
    ),
    "seriesPlay": ("Play along {axis}", "{axis} 따라 재생"),
    "seriesPause": ("Pause along {axis}", "{axis} 따라 일시정지"),
    "dead": ("gradient of zero", "0인 기울기"),
    "listTitle": ("All variables", "모든 변수"),
    "listName": ("name", "이름"),
    "listGeneration": ("generation", "세대"),
    # the story without a script
    "pageIntro": (
        "Variables of one generation stand in one column, right of all that they were computed from; the backward pass runs through the generations from the right. Press → or Next, and click on what you want to know more of.",
        "같은 세대의 변수는 한 열에 서고, 그 변수를 계산하는 데 쓰인 것은 모두 왼쪽에 있습니다. 역전파는 오른쪽 세대부터 차례로 거슬러 갑니다. → 또는 다음을 누르고, 더 알고 싶은 것을 눌러 보세요.",
    ),
    "moreNodes": (
        "… {n} more nodes: too many for one drawing.",
        "… 노드 {n}개 더: 한 그림에 다 그릴 수 없습니다.",
    ),
    "allSteps": ("All {n} steps", "전체 {n}단계"),
    "told": ("what happens", "일어나는 일"),
    "contributions": ("gradients", "기울기"),
}

_MESSAGES: Table = {
    "label": ("backward stepper", "역전파 단계 보기"),
    "tooOld": (
        "This browser is too old to unpack a graph of this size. Any browser from 2023 on can.",
        "이 브라우저는 오래되어 이만한 그래프를 풀 수 없습니다. 2023년 이후의 브라우저를 쓰세요.",
    ),
    "notUnpacked": (
        "The data of this stepper is broken: it cannot be unpacked. Run the cell again.",
        "이 단계 보기의 데이터가 손상되어 풀 수 없습니다. 셀을 다시 실행하세요.",
    ),
    "empty": (
        "The data of this stepper is empty. Run the cell again.",
        "이 단계 보기에 데이터가 없습니다. 셀을 다시 실행하세요.",
    ),
    "newer": (
        "This trace was written by a newer nbgrad. Upgrade nbgrad to see it: pip install -U nbgrad",
        "더 새로운 nbgrad가 저장한 기록입니다. nbgrad를 업그레이드하면 볼 수 있습니다: pip install -U nbgrad",
    ),
    "broken": (
        "The data of this stepper is broken (at {detail}). Run the cell again.",
        "이 단계 보기의 데이터가 손상되었습니다 ({detail}). 셀을 다시 실행하세요.",
    ),
    "cannotShow": (
        "The stepper cannot show this trace: {detail}",
        "단계 보기가 이 기록을 보여 줄 수 없습니다: {detail}",
    ),
}


def _by_language(table: Table) -> dict[str, dict[str, str]]:
    return {lang: {key: row[i] for key, row in table.items()} for i, lang in enumerate(LANGUAGES)}


UI = _by_language(_WORDS)
"""``UI[language][key]``."""

MESSAGES = _by_language(_MESSAGES)
"""What stands in the stepper's place where no payload can be read; built into the front end
(``js/src/messages.json``)."""
