"""``python3 -m homeserver_agent``."""

import sys

from homeserver_agent.main import main

sys.exit(main())
