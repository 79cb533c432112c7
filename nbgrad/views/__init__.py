"""How is it shown? As text, HTML, SVG, DOT, page and widget."""
