"""The toybox world: clips that can be drawn without end, and questions about them with answers that can be checked."""
