using System;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// The firmware's own console: what a person sees until HyperCore owns the screen. Not after ExitBootServices. It uses no heap, because it must
/// also be able to say that there is no memory for one.
/// </summary>
public readonly unsafe struct FirmwareConsole
{
    private const int ChunkLength = 128;
    private const int MaxLine = 78;
    private const uint PollMicroseconds = 50_000;

    private readonly EFI_SYSTEM_TABLE* _table;

    /// <summary>Uses the console of a system table.</summary>
    internal FirmwareConsole(EFI_SYSTEM_TABLE* table) => _table = table;

    /// <summary>Clears the screen and hides the cursor.</summary>
    public void Clear()
    {
        if (_table->ConOut != null)
        {
            _table->ConOut->ClearScreen(_table->ConOut);
            _table->ConOut->EnableCursor(_table->ConOut, 0);
        }
    }

    /// <summary>Writes characters; a line ends with <c>\r\n</c>.</summary>
    public void Write(scoped ReadOnlySpan<char> text)
    {
        if (_table->ConOut == null)
        {
            return;
        }

        char* chunk = stackalloc char[ChunkLength + 1];
        while (text.Length > 0)
        {
            int length = Math.Min(text.Length, ChunkLength);
            text.Slice(0, length).CopyTo(new Span<char>(chunk, length));
            chunk[length] = '\0';
            _table->ConOut->OutputString(_table->ConOut, chunk);
            text = text.Slice(length);
        }
    }

    /// <summary>Says why HyperCore does not start, on the screen and on COM1, and gives a person time to read it.</summary>
    /// <param name="reason">One or more sentences.</param>
    /// <param name="seconds">How long to wait for a key.</param>
    public void Refuse(scoped ReadOnlySpan<char> reason, uint seconds)
    {
        EarlySerial.Write("\r\nhypercore: cannot start: ");
        EarlySerial.Write(reason);
        EarlySerial.Write("\r\n");
        Write("\r\nHyperCore cannot start:\r\n\r\n");
        WriteWrapped(reason);
        Write("\r\nPress a key to return to the firmware.\r\n");
        WaitForKey(seconds);
    }

    /// <summary>Writes lines that end between words, and fit the 80 columns every console has.</summary>
    public void WriteWrapped(scoped ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            int length = Math.Min(text.Length, MaxLine);
            int end = length;
            while (length < text.Length && end > 0 && text[end] != ' ')
            {
                end--;
            }

            length = end > 0 ? end : length;
            Write(text.Slice(0, length));
            Write("\r\n");
            text = text.Slice(length < text.Length && text[length] == ' ' ? length + 1 : length);
        }
    }

    /// <summary>Waits until a key is pressed or the time is over. Keys pressed before do not count.</summary>
    /// <param name="seconds">How long to wait.</param>
    /// <returns>True when a key was pressed.</returns>
    public bool WaitForKey(uint seconds)
    {
        EFI_SIMPLE_TEXT_INPUT_PROTOCOL* input = _table->ConIn;
        EFI_INPUT_KEY key;
        while (input != null && input->ReadKeyStroke(input, &key) == EFI_STATUS.EFI_SUCCESS)
        {
        }

        for (ulong left = seconds * 1_000_000ul / PollMicroseconds; left > 0; left--)
        {
            if (input != null && input->ReadKeyStroke(input, &key) == EFI_STATUS.EFI_SUCCESS)
            {
                return true;
            }

            _table->BootServices->Stall(PollMicroseconds);
        }

        return false;
    }
}
