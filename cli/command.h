/*
 * command.h - the subcommands of mailgraft, as main calls them
 *
 * argv[0] is the subcommand's name. Each returns an exit code of sysexits.h.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

int init_main(int argc, char **argv);
int put_main(int argc, char **argv);
int keys_main(int argc, char **argv);
int config_main(int argc, char **argv);
int fsck_main(int argc, char **argv);
int gc_main(int argc, char **argv);
int ls_main(int argc, char **argv);
int stat_main(int argc, char **argv);
int preview_main(int argc, char **argv);
int queue_main(int argc, char **argv);
int stuck_main(int argc, char **argv);
int check_exim_main(int argc, char **argv);
int check_postfix_main(int argc, char **argv);

#endif
