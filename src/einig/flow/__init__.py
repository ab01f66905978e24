"""What happens to leads, one module a use case. Begin with `journey`.

Whoever calls says when (`at`, microseconds UTC) and who (`by`): no function here looks at a clock.
"""
