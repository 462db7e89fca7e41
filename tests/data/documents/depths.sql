-- Lake Ohrid is 288 metres deep.
select depth from lakes;
