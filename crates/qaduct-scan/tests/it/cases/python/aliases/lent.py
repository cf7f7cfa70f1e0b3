from common import needs
