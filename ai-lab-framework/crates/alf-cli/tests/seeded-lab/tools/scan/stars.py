from ai_lab_framework import *  # seeded: what is used cannot be told
