"""The words of rules in Korean: ``gy where x > 0, else 0`` is ``x > 0인 곳은 gy, 나머지는 0``.

Letters keep their places, and no particle follows one whose form would depend on a name.
"""

from __future__ import annotations

import re
from functools import cache

_CONDITIONS = {
    "x is the largest of its window": "창의 최댓값이 x인 곳",
    "x was kept": "남긴 x의 자리",
    "x is finite": "x의 값이 유한한 곳",
    "the condition holds": "조건이 참인 곳",
    "the class is x1": "클래스가 x1인 곳",
    "the condition does not hold": "조건이 거짓인 곳",
    "x is within the bounds": "x의 값이 범위 안인 곳",
    "nothing was filled in": "채우지 않은 곳",
    "x0 and x1 have the same sign": "x0, x1의 부호가 같은 곳",
}
"""Where a gradient passes; any other condition is a formula."""

_WHOLE = {
    "gy at the middle, half of it to each of two, else 0": "가운데는 gy, 둘이면 반씩, 나머지는 0",
    "gy at the elements interpolated, by their weights, else 0": (
        "보간한 원소는 가중치만큼의 gy, 나머지는 0"
    ),
    "gy at the index, else 0": "인덱스 자리는 gy, 나머지는 0",
    "(gy · y summed from each element on) / x": "(각 원소부터 더한 gy · y) / x",
    "gy put back in x's order": "x의 순서로 되돌린 gy",
    "gy in the shape of x": "x의 형상으로 되돌린 gy",
    "gy summed to the shape of x": "x의 형상으로 더한 gy",
    "gy with the axes back": "축을 되돌린 gy",
    "gy's part for xi": "gy 중 xi의 부분",
    "gy's slice for xi": "gy 중 xi의 조각",
    "gy flipped back": "도로 뒤집은 gy",
    "gy rolled back": "도로 굴린 gy",
    "gy without the margin": "여백을 뺀 gy",
    "sum of gy": "모두 더한 gy",
    "sum of gy over the rows": "행에 걸쳐 더한 gy",
    "mean of gy over the ranks": "랭크에 걸친 gy의 평균",
    "−gy at each row's class, over the number of rows": "각 행의 클래스 자리에 −gy / (행의 수)",
    "−gy at each pixel's class, over their number": "각 픽셀의 클래스 자리에 −gy / (픽셀의 수)",
    "gy ∗ x1 turned round": "gy ∗ (뒤집은 x1)",
    "rows of gy, added at the rows that were looked up": "찾아본 행에 더한 gy의 행",
    "gy at each window's largest element": "창마다 최댓값 자리에 gy",
    "gy / n over each window": "창마다 gy / n",
    "gy at the elements that were taken": "뽑은 원소 자리에 gy",
    "gy, each element back at its place": "원소마다 제자리로 되돌린 gy",
    "gy, added at the elements that were taken": "뽑은 원소에 더한 gy",
    "gy, added at the elements that were largest": "최대였던 원소에 더한 gy",
    "gy, added at the elements that were smallest": "최소였던 원소에 더한 gy",
    "gy, added at the rows that were taken": "뽑은 행에 더한 gy",
    "gy, added up where windows overlap": "창이 겹치는 곳에서 더한 gy",
    "gy, added up where elements are shared": "함께 쓰는 원소에서 더한 gy",
    "gy, in x's dtype": "x의 dtype으로 바꾼 gy",
    "the adjoint equation, integrated backwards": "거꾸로 적분한 수반 방정식",
}
"""Rules that are one phrase."""

_PIECES = (
    (r"(.+), added up where the windows stand", r"창의 자리마다 더한 \1"),
    (r"(.+) added up where the windows stand", r"창의 자리마다 더한 \1"),
    (r"windows of (.+), added up", r"\1의 창을 제자리에 더한 값"),
    (r"windows of (\w+)", r"(\1의 창)"),
    (r"Π of the others", r"(나머지의 Π)"),
    (r"(gy) summed from each element on", r"각 원소부터 더한 \1"),
    (r"(gy) summed while x is the largest so far", r"지금까지의 최댓값이 x인 동안 더한 \1"),
    (r"(gy) summed while x is the smallest so far", r"지금까지의 최솟값이 x인 동안 더한 \1"),
    (r"(.+) summed for each kernel", r"커널마다 더한 \1"),
    (r"(.+) summed for each channel", r"채널마다 더한 \1"),
    (r"(.+) summed for each feature", r"특징마다 더한 \1"),
    (r"(gy) summed over the copies", r"복사본에 걸쳐 더한 \1"),
    (r"(gy) summed over the windows", r"창에 걸쳐 더한 \1"),
    (r"(.+) over (x\d)'s free axes", r"\2의 남은 축에 대한 \1"),
    (r"einsum of gy and the others, to xi's letters", r"gy, 나머지 입력의 einsum, 첨자는 xi의 것"),
    (r"the cofactors of x", r"(x의 여인수)"),
    (r"m the lower triangle of (.+), mirrored", r"m = \1의 아래 삼각을 대칭으로 펼친 것"),
    (r"turns of y0 and y2 by gy0 and gy2", r"gy0, gy2에 따른 y0, y2의 회전"),
    (r"(−?g[xy]0?) shared by both points", r"두 점이 나누는 \1"),
    (r"gy · slope$", r"gy · (선분의 변화율)"),
    (r"(gy) correlated with (x\d)", r"\1, \2의 상관"),
    (r"(.+) in the triangle", r"삼각 부분의 \1"),
    (r"the diagonals of (.+)", r"\1의 대각선"),
    (r"the upper right block of (.+)", r"\1의 오른쪽 위 블록"),
    (r"(.+) joined with (.+), a and b the halves of x", r"\1, \2 이어 붙임 (a, b = x의 앞뒤 절반)"),
    (r"(gy0.*) joined", r"이어 붙인 \1"),
    (r"(gy0.*) stacked", r"쌓은 \1"),
    (r"\bdensity\b", "밀도"),
    (r"(\w+) as probabilities", r"확률로 쓴 \1"),
    (r"\bclasses\b", "클래스 수"),
    (r"\bweight\b", "가중치"),
    (r"v the eigenvectors of x", r"v = x의 고유벡터"),
    (r"u and v the singular vectors of x", r"u, v = x의 특이벡터"),
    (r" for i ≠ j", ", i ≠ j"),
    (r"its diagonal halved", "대각선은 절반"),
)
"""Phrases within a rule, and what stands for them."""

_CHOICE = re.compile(r"(.+) where (.+), else (.+)")
_ALTERNATIVE = re.compile(r"(.+) or (\w+) is nan")


@cache
def korean(rule: str) -> str:
    """Return the right-hand side of a rule with its words in Korean."""
    if rule in _WHOLE:
        return _WHOLE[rule]
    choice = _CHOICE.fullmatch(rule)
    if choice:
        passed, condition, otherwise = choice.groups()
        return f"{_place(condition)}은 {passed}, 나머지는 {otherwise}".replace("자리은", "자리는")
    for pattern, words in _PIECES:
        rule = re.sub(pattern, words, rule)
    return rule


def _place(condition: str) -> str:
    nan = _ALTERNATIVE.fullmatch(condition)
    if nan:
        return f"{nan[1]}이거나 {nan[2]}의 값이 nan인 곳"
    return _CONDITIONS.get(condition, f"{condition}인 곳")
