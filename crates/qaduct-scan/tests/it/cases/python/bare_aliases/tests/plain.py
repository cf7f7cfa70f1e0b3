import os

join = os.path.join
