"""Where loops report what nobody waits for."""

import logging

logger = logging.getLogger(__package__)
