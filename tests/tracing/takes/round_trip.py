"""A series, and its way through JSON."""

from __future__ import annotations

import json

import nbgrad as ng


def there_and_back(series: ng.Series) -> ng.Series:
    text = json.dumps(series.to_dict(), allow_nan=False)
    again = ng.Series.from_dict(json.loads(text))
    assert json.dumps(again.to_dict(), allow_nan=False) == text
    return again
