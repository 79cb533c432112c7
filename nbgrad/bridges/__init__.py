"""Other engines' passes, brought into nbgrad's Trace: a package for each engine.

Nothing imports a bridge but by name, when its engine is loaded already.
"""
