"""What an agreement would have done on a history: was it right, and what would it have cost?"""

from einig.engine.backtest.measures import Measures
from einig.engine.backtest.replay import Backtest, Comparison, Side, backtest, compare

__all__ = ["Backtest", "Comparison", "Measures", "Side", "backtest", "compare"]
