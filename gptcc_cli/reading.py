"""Source -> Reading: what came as data joins what the statement says.

The one place where ``sources`` meets ``statement``. Data wins over text: limits, samples and
starter code that came beside a statement replace what would be read in it.
"""
