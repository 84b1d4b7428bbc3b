"""The demo city: sample departments, stations, units, people and a day of calls, made through the services that operators use."""
