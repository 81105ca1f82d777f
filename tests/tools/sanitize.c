/*
 * What the leak detector is not to speak of: libatf-c 0.21 forgets the lists
 * it makes when it is asked which test cases there are.  Nothing else of
 * libatf-c is named here, for that would hide every leak in a test's body.
 */
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void);

/* Kyua takes whatever a listing writes for a fault. */
const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}

const char *
__lsan_default_suppressions(void)
{
	return "leak:atf_tp_get_tcs\n"
	    "leak:atf_list_\n"
	    "leak:atf_map_\n";
}
