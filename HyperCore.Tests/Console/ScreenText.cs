using System.Text;
using HyperCore.Core.Console;

namespace HyperCore.Tests.Console;

/// <summary>What is written on a screen, as text.</summary>
internal static class ScreenText
{
    public static string Row(TextScreen screen, int row)
    {
        var text = new StringBuilder();
        for (int column = 0; column < screen.Columns; column++)
        {
            text.Append(screen[column, row].Character);
        }

        return text.ToString().TrimEnd();
    }

    public static string All(TextScreen screen)
    {
        var text = new StringBuilder();
        for (int row = 0; row < screen.Rows; row++)
        {
            text.Append(Row(screen, row)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The row that holds a text; -1 when none does.</summary>
    public static int Find(TextScreen screen, string what)
    {
        for (int row = 0; row < screen.Rows; row++)
        {
            if (Row(screen, row).Contains(what, System.StringComparison.Ordinal))
            {
                return row;
            }
        }

        return -1;
    }
}
