using System.IO;

namespace HyperCore.StartScreen.Linux;

/// <summary>
/// The text terminal that the keyboard belongs to, /dev/tty1 (ioctl_console(2)). While the start screen has it, keys come through it in the
/// keyboard layout that is set, and it draws nothing.
/// </summary>
internal sealed unsafe class Console
{
    private const nuint SetMode = 0x4B3A;
    private const nuint SetKeyboardMode = 0x4B45;
    private const nuint LockSwitch = 0x560B;
    private const nuint UnlockSwitch = 0x560C;
    private const nuint TextMode = 0;
    private const nuint GraphicsMode = 1;
    private const nuint Unicode = 3;
    private const int TerminalSettingsSize = 64;

    private int _left = -1;

    /// <summary>Its file descriptor; -1 while somebody else has it.</summary>
    public int File { get; private set; } = -1;

    /// <summary>Takes it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public void Take()
    {
        File = LibC.Open("/dev/tty1", LibC.ReadWrite | LibC.NoControllingTerminal | LibC.NonBlocking | LibC.CloseOnExec);
        if (File < 0)
        {
            throw new IOException("the terminal cannot be opened");
        }

        if (_left >= 0)
        {
            LibC.Close(_left);
            _left = -1;
        }

        byte* settings = stackalloc byte[TerminalSettingsSize];
        if (LibC.GetTerminal(File, settings) == 0)
        {
            LibC.MakeRaw(settings);
            LibC.SetTerminal(File, 0, settings);
        }

        LibC.Control(File, SetKeyboardMode, Unicode);
        LibC.Control(File, LockSwitch, 0);
        LibC.Control(File, SetMode, GraphicsMode);
    }

    /// <summary>Leaves it to another program.</summary>
    public void Release()
    {
        LibC.Control(File, SetMode, TextMode);

        // SDL switches to the terminal that it is given, even if that is shown already.
        LibC.Control(File, UnlockSwitch, 0);

        // It stays open: what is typed for the program before that has opened it would be lost with the last one that has.
        _left = File;
        File = -1;
    }
}
