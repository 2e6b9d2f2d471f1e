using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>Shows a panic: on a screen, and as lines of text for the serial line. Needs no memory but the stack.</summary>
public static class PanicView
{
    private const int RegisterWidth = 25;
    private const int AddressWidth = 46;

    /// <summary>Draws the panic screen.</summary>
    public static void Draw(TextScreen screen, in PanicReport report)
    {
        Span<char> buffer = stackalloc char[160];
        var text = new TextBuilder(buffer);
        screen.Clear(Color.Panic);
        int left = screen.Columns >= 110 ? 8 : 2;
        int width = screen.Columns - (2 * left);
        int row = screen.Rows >= 40 ? 4 : 1;

        screen.Fill(left, row, 18, 1, Color.PanicText);
        screen.Write(left + 1, row, "HyperCore failed", Color.Panic);
        text.Append(report.Version);
        text.Append("   pCPU ");
        text.AppendDecimal((long)report.Processor);
        text.Append("   after ");
        Painter.AppendDuration(ref text, report.Time);
        screen.Write(left + 21, row, text.Text, Color.PanicDim);
        row += 2;
        row += Painter.Wrapped(screen, left, row, width, 4, report.Message, Color.PanicText) + 1;
        row += Painter.Wrapped(screen, left, row, width, 2, "All virtual machines are stopped. Turn the machine off and on again.", Color.PanicDim) + 1;

        row = DrawRegisters(screen, report.Registers, left, row, width, ref text);
        DrawAddresses(screen, report, left, row, width, ref text);
        int last = screen.Rows - (screen.Rows >= 40 ? 4 : 2);
        screen.Fill(0, last, screen.Columns, screen.Rows - last, Color.Panic);
        screen.Write(left, last, "The serial line has the same text: give it to `hypercore symbolize`.", Color.PanicDim, width);
    }

    /// <summary>Writes the same as lines of text, the first of them <c>panic: MESSAGE</c>.</summary>
    public static void Write(ByteSink sink, in PanicReport report)
    {
        Span<char> buffer = stackalloc char[160];
        var text = new TextBuilder(buffer);
        var line = new TerminalLine(sink);
        text.Append("panic: ");
        line.Write(text.Text);
        line.End(report.Message);
        text.Clear();
        text.Append("  version=");
        text.Append(report.Version);
        text.Append(" pcpu=");
        text.AppendDecimal((long)report.Processor);
        if (report.Stopped > 0)
        {
            text.Append(" stopped=");
            text.AppendDecimal((long)report.Stopped);
        }

        text.Append(" image=");
        text.AppendHex(report.ImageBase, 16);
        line.End(text.Text);
        for (int i = 0; i < report.Registers.Length; i++)
        {
            text.Clear();
            text.Append("  ");
            text.Append(report.Registers[i].Name);
            text.PadTo(8);
            text.AppendHex(report.Registers[i].Value, 16);
            bool last = i % 4 == 3 || i == report.Registers.Length - 1;
            if (last)
            {
                line.End(text.Text);
            }
            else
            {
                line.Write(text.Text);
            }
        }

        for (int i = 0; i < report.ReturnAddresses.Length; i++)
        {
            text.Clear();
            text.Append("  #");
            AppendAddress(ref text, i, report.ReturnAddresses[i], report);
            line.End(text.Text);
        }
    }

    private static int DrawRegisters(TextScreen screen, ReadOnlySpan<PanicRegister> registers, int left, int row, int width, scoped ref TextBuilder text)
    {
        if (registers.Length == 0)
        {
            return row;
        }

        screen.Write(left, row++, "Registers", Color.PanicText);
        int columns = Math.Clamp(width / RegisterWidth, 1, 4);
        int rows = (registers.Length + columns - 1) / columns;
        for (int i = 0; i < registers.Length; i++)
        {
            int x = left + (i / rows * RegisterWidth);
            int y = row + (i % rows);
            screen.Write(x, y, registers[i].Name, Color.PanicDim, 6);
            text.Clear();
            text.AppendHex(registers[i].Value, 16);
            screen.Write(x + 7, y, text.Text, Color.PanicText);
        }

        return row + rows + 1;
    }

    private static void DrawAddresses(TextScreen screen, in PanicReport report, int left, int row, int width, scoped ref TextBuilder text)
    {
        if (report.ReturnAddresses.Length == 0)
        {
            return;
        }

        screen.Write(left, row++, "Return addresses", Color.PanicText);
        int room = screen.Rows - row - (screen.Rows >= 40 ? 5 : 3);
        int columns = Math.Clamp(width / AddressWidth, 1, 2);
        int count = Math.Min(report.ReturnAddresses.Length, Math.Max(room, 0) * columns);
        int rows = Math.Max((count + columns - 1) / columns, Math.Min(count, 8));
        for (int i = 0; i < count; i++)
        {
            text.Clear();
            AppendAddress(ref text, i, report.ReturnAddresses[i], report);
            screen.Write(left + (i / rows * AddressWidth), row + (i % rows), text.Text, Color.PanicText, AddressWidth - 1);
        }
    }

    /// <summary>The number of a frame, its address, and its offset within the image: <c>0 0000000000123456 HyperCore.efi+0x3456</c>.</summary>
    private static void AppendAddress(scoped ref TextBuilder text, int number, ulong address, in PanicReport report)
    {
        text.AppendDecimal((long)number);
        text.Append(number < 10 ? "  " : " ");
        text.AppendHex(address, 16);
        if (address - report.ImageBase < report.ImageSize)
        {
            text.Append(" HyperCore.efi+0x");
            text.AppendHex(address - report.ImageBase);
        }
    }
}
