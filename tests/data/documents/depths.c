/* Lake Ohrid is 288 metres deep. */
int depth = 288;
