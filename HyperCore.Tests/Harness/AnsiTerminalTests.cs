using Xunit;

namespace HyperCore.Tests.Harness;

public class AnsiTerminalTests
{
    private readonly AnsiTerminal _terminal = new();

    [Fact]
    public void Write_TextAtPosition_IsOnScreen()
    {
        _terminal.Write("\e[2J\e[3;5Hab\e[1;31mc\e[3;20Hd");

        Assert.Equal("    abc            d", _terminal.Screen.Split('\n')[2]);
        Assert.Equal("abc\nd", _terminal.Plain.ToString());
    }

    [Fact]
    public void Write_LinesBelowScrollRegion_LeaveTheRestAlone()
    {
        _terminal.Write("\e[21;24r\e[1;1Hmenu");
        for (int i = 0; i < 9; i++)
        {
            _terminal.Write($"\e[24;1H\r\nline {i}\e[K\r\n");
        }

        string[] lines = _terminal.Screen.Split('\n');
        Assert.Equal("menu", lines[0]);
        Assert.Equal("line 8", lines[22]);
        Assert.Equal("", lines[23]);
        Assert.Contains("\nline 3\n", _terminal.Plain.ToString());
    }

    [Fact]
    public void Write_SequenceInPieces_IsUnderstood()
    {
        foreach (char character in "x\e]0;title\a\e[2;2Hy")
        {
            _terminal.Write([character]);
        }

        Assert.StartsWith("x\n y", _terminal.Screen);
    }
}
