#define SYS_ioctl 54
#define SYS_minherit 250
