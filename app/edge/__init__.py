"""How GraphQL comes in and goes out.

A request is read by `http` or `sockets`; the store in `documents` finds the operation that it means, valid and within
its limits; the engine answers, by a plan of `compiling` where the operation only reads what is stored, else by
graphql-core. `declaring` holds the words that the features' types and fields are written in.
"""
