"""The catalogue for everybody: public pages and papers to print, in nine languages, without a login."""
