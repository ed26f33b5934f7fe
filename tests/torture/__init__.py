"""Does an index keep its promises when things fail? Short forms run with the tests, long ones by `make torture`."""
