module aarogya

go 1.26
