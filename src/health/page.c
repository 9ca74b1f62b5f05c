/*
 * page - the status page: how all processes are, for a person with a browser
 *
 * A page without scripts that reads itself again every few seconds.  Names and
 * errors come from configurations and from the network, so each goes through
 * write_escaped().
 */

#include "health/page.h"

#include <inttypes.h>

#include "coredns/version.h"

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"refresh\" content=\"5\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>coredns: %s</title>\n"
    "<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; }\n"
    "table { border-collapse: collapse; }\n"
    "th, td { padding: .2em 1em .2em 0; text-align: left; "
    "vertical-align: top; border-bottom: 1px solid #8884; }\n"
    "td.number { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "td.bad { color: #b00020; font-weight: bold; }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>%s</h1>\n"
    "<table>\n"
    "<tr><th>process<th>state<th>why<th>pid<th>uptime<th>queries"
    "<th>memory<th>restarts<th>last error</tr>\n";

static const char foot[] =
    "</table>\n"
    "<p>coredns " CORE_VERSION "</p>\n"
    "</body>\n"
    "</html>\n";

static void
write_escaped(const char *text, FILE *file)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '<': fputs("&lt;", file); break;
        case '>': fputs("&gt;", file); break;
        case '&': fputs("&amp;", file); break;
        case '"': fputs("&quot;", file); break;
        case '\'': fputs("&#39;", file); break;
        default: fputc(*text, file);
        }
}

static void
write_text_cell(const char *text, FILE *file)
{
    fputs("<td>", file);
    write_escaped(text, file);
}

static void
write_number_cell(uint64_t number, const char *unit, FILE *file)
{
    fprintf(file, "<td class=\"number\">%" PRIu64 "%s", number, unit);
}

/* "3 d 4 h", "4 h 5 min", "5 min 6 s", "6 s" */
static void
write_duration_cell(uint64_t seconds, FILE *file)
{
    uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

    fputs("<td class=\"number\">", file);
    if (days > 0)
        fprintf(file, "%" PRIu64 " d %" PRIu64 " h", days, hours % 24);
    else if (hours > 0)
        fprintf(file, "%" PRIu64 " h %" PRIu64 " min", hours, minutes % 60);
    else if (minutes > 0)
        fprintf(file, "%" PRIu64 " min %" PRIu64 " s", minutes, seconds % 60);
    else
        fprintf(file, "%" PRIu64 " s", seconds);
}

static void
write_row(const struct member *member, int64_t now_ms, FILE *file)
{
    char why[MEMBER_TEXT_SIZE];
    bool is_ready = member_is_ready(member, now_ms, why);

    fputs("<tr>", file);
    write_text_cell(member->name, file);
    fprintf(file, "<td class=\"%s\">%s", is_ready ? "good" : "bad",
            member_state_word(member, now_ms));
    write_text_cell(why, file);
    write_number_cell((uint64_t) member->pid, "", file);
    write_duration_cell(member->uptime_ms / 1000, file);
    write_number_cell(member->queries, "", file);
    write_number_cell(member->usage.resident >> 10, " KiB", file);
    write_number_cell(member->restarts, "", file);
    write_text_cell(member->last_error, file);
    fputs("</tr>\n", file);
}

void
page_write(const roster_t *roster, int64_t now_ms, FILE *file)
{
    bool is_well = roster_is_ready(roster, ROSTER_READY_NOW, now_ms);
    const char *title = is_well ? "all is well" : "not all is well";

    fprintf(file, head, title, title);
    for (size_t i = 0; i < roster_count(roster); i++)
        write_row(roster_at(roster, i), now_ms, file);
    fputs(foot, file);
}
