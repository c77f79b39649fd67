/*
 * bench-empty.c - a program that does nothing: what starting a process costs at least
 */
int
main(void)
{
	return 0;
}
