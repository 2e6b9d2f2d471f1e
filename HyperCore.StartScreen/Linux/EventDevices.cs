using System.Collections.Generic;
using System.IO;

namespace HyperCore.StartScreen.Linux;

/// <summary>
/// Looks at keys that are not for programs: the power button at any time, and Ctrl+Q while the browser has the screen, which has no key of its
/// own to end. It reads /dev/input/event* (linux/input.h), which tell everybody of every key.
/// </summary>
internal sealed unsafe class EventDevices
{
    private const int EventSize = 24;
    private const ushort KeyType = 1;
    private const ushort KeyQ = 16;
    private const ushort LeftControl = 29;
    private const ushort RightControl = 97;
    private const ushort PowerKey = 116;
    private const int LookForDevices = 2000;

    private readonly Dictionary<string, int> _files = [];
    private bool _control;

    /// <summary>The browser has the screen.</summary>
    public bool BrowserRuns { get; set; }

    /// <summary>Looks at them for ever; for a thread of its own.</summary>
    public void Run()
    {
        byte* buffer = stackalloc byte[EventSize * 32];
        LibC.PollEntry* entries = stackalloc LibC.PollEntry[16];
        while (true)
        {
            FindDevices();
            int count = 0;
            foreach (int file in _files.Values)
            {
                if (count < 16)
                {
                    entries[count++] = new LibC.PollEntry { File = file, Events = LibC.PollIn };
                }
            }

            LibC.Poll(entries, (nuint)count, LookForDevices);
            for (int i = 0; i < count; i++)
            {
                nint length = entries[i].Happened == 0 ? 0 : LibC.Read(entries[i].File, buffer, EventSize * 32);
                for (nint at = 0; at + EventSize <= length; at += EventSize)
                {
                    // struct input_event: two longs of time, type, code, value.
                    if (*(ushort*)(buffer + at + 16) == KeyType)
                    {
                        Take(*(ushort*)(buffer + at + 18), *(int*)(buffer + at + 20) != 0);
                    }
                }
            }
        }
    }

    private void Take(ushort key, bool pressed)
    {
        switch (key)
        {
            case LeftControl or RightControl:
                _control = pressed;
                break;
            case KeyQ when pressed && _control && BrowserRuns:
                LibC.System("killall netsurf-fb 2> /dev/null");
                break;
            case PowerKey when pressed:
                Files.Report("power button");
                LibC.System("poweroff");
                break;
            default:
                break;
        }
    }

    private void FindDevices()
    {
        if (!Directory.Exists("/dev/input"))
        {
            return;
        }

        foreach (string path in Directory.GetFiles("/dev/input", "event*"))
        {
            if (!_files.ContainsKey(path))
            {
                int file = LibC.Open(path, LibC.ReadOnly | LibC.NonBlocking | LibC.CloseOnExec);
                if (file >= 0)
                {
                    _files[path] = file;
                }
            }
        }
    }
}
