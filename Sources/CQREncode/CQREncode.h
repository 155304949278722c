// libqrencode (Debian: libqrencode-dev, Homebrew: qrencode).
#include <qrencode.h>
