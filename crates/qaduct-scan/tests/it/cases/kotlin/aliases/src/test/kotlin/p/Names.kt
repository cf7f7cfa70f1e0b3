package p

import org.junit.jupiter.api.Disabled

typealias Wobbly = Disabled
typealias Held = org.junit.Ignore
typealias Name = String
