// As a driver does whose card has fallen off the bus.
for (;;);
