// Posts of those whom one follows.

import "./groundwork.js";
