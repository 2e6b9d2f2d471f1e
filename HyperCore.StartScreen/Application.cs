using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;
using HyperCore.StartScreen.Linux;
using HyperCore.StartScreen.Pages;
using HyperCore.StartScreen.Settings;

namespace HyperCore.StartScreen;

/// <summary>Shows pages, takes keys and mouse to them, and hands the screen to other programs and back.</summary>
internal sealed unsafe class Application
{
    private const int LookAround = 1000;
    private const int LookForPrograms = 100;
    private const int NetworkTries = 100;
    private const string DefaultHotkey = "Ctrl+Alt+Home";

    private readonly Screen _screen;
    private readonly Canvas _canvas;
    private readonly Linux.Console _console = new();
    private readonly EventDevices _events = new();
    private readonly SettingsService _settings = new();
    private readonly PointerPackets _pointer;
    private readonly TerminalKeys _keys = new();
    private readonly StartPage _start;
    private readonly bool _hasMenu = RequestPort.IsPresent();
    private Page _page;
    private Status _status = new();
    private Rectangle _pointerArea;
    private int _mouse = -1;

    /// <summary>Finds the screen and the settings.</summary>
    public Application()
    {
        _screen = Screen.Open();
        _canvas = new Canvas(_screen.Width, _screen.Height);
        _pointer = new PointerPackets(_screen.Width, _screen.Height);
        _start = new StartPage(_screen.Width, _screen.Height, _hasMenu, Open);
        _page = _start;
        if (_settings.Disk is { IsLocked: true })
        {
            _page = new PassphrasePage(Unlock, () => _page = _start);
        }
    }

    /// <summary>Runs until the machine is switched off.</summary>
    public void Run()
    {
        _console.Take();
        UpdateStatus();
        Draw();
        Files.Report(_page == _start ? "start screen" : "passphrase");
        Files.Write("/run/shown", "\n");
        _settings.Apply();
        new Thread(_events.Run) { IsBackground = true }.Start();
        OpenFirst();
        while (true)
        {
            if (UpdateStatus())
            {
                Draw();
            }

            WaitForInput();
        }
    }

    // A word NAME=VALUE of the kernel's command line; empty when there is none.
    private static string Parameter(string name)
    {
        foreach (string word in Files.Read("/proc/cmdline").Split(' '))
        {
            if (word.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return word[(name.Length + 1)..];
            }
        }

        return "";
    }

    // What nobody has chosen comes up before the network does.
    private void WaitForNetwork(StartEntry entry)
    {
        bool wanted = entry == StartEntry.Mail || (entry == StartEntry.Browser && _settings.Settings.HomePage.Length > 0);
        for (int i = 0; wanted && i < NetworkTries && Files.Read("/run/network").Length == 0; i++)
        {
            Thread.Sleep(100);
        }
    }

    private static string Hotkey() => Parameter("hotkey") is { Length: > 0 } hotkey ? hotkey : DefaultHotkey;

    // What hypercore.conf wants to be open without anybody choosing it.
    private void OpenFirst()
    {
        bool isEntry = Enum.TryParse(Parameter("open"), ignoreCase: true, out StartEntry entry) && entry is >= StartEntry.Browser and < StartEntry.Menu;
        if (_page == _start && isEntry)
        {
            WaitForNetwork(entry);
            Open(entry);
            Draw();
        }
    }

    private void WaitForInput()
    {
        if (_mouse < 0)
        {
            _mouse = LibC.Open("/dev/input/mice", LibC.ReadOnly | LibC.NonBlocking | LibC.CloseOnExec);
        }

        LibC.PollEntry* entries = stackalloc LibC.PollEntry[2];
        entries[0] = new LibC.PollEntry { File = _console.File, Events = LibC.PollIn };
        entries[1] = new LibC.PollEntry { File = _mouse, Events = LibC.PollIn };
        LibC.Poll(entries, 2, _status.Time.Length == 0 ? LookForPrograms : LookAround);
        if (entries[0].Happened != 0)
        {
            TakeKeys();
        }

        if (entries[1].Happened != 0)
        {
            TakeMouse();
        }
    }

    private void TakeKeys()
    {
        byte* buffer = stackalloc byte[256];
        nint length = LibC.Read(_console.File, buffer, 256);
        if (length <= 0)
        {
            // The terminal was hung up: it is opened anew.
            _console.Release();
            _console.Take();
            return;
        }

        var presses = new List<KeyPress>();
        _keys.Feed(new ReadOnlySpan<byte>(buffer, (int)length), presses);
        foreach (KeyPress press in presses)
        {
            _page.Handle(press);
        }

        Draw();
    }

    private void TakeMouse()
    {
        byte* buffer = stackalloc byte[192];
        nint length = LibC.Read(_mouse, buffer, 192);
        bool clicked = false;
        for (nint i = 0; i < length; i++)
        {
            clicked |= _pointer.Feed(buffer[i]);
        }

        if (clicked)
        {
            _page.Click(_pointer.X, _pointer.Y);
        }

        if (_page.Point(_pointer.X, _pointer.Y) || clicked)
        {
            Draw();
        }
        else
        {
            MovePointer();
        }
    }

    private void Draw()
    {
        _page.Draw(_canvas, _status);
        _pointerArea = default;
        _screen.Show(_canvas, new Rectangle(0, 0, _screen.Width, _screen.Height));
        MovePointer();
    }

    // The picture stays without the pointer, which is drawn over what is shown.
    private void MovePointer()
    {
        _screen.Show(_canvas, _pointerArea);
        if (!_pointer.IsUsed)
        {
            return;
        }

        _pointerArea = new Rectangle(_pointer.X, _pointer.Y, 20, 20);
        var patch = new Canvas(20, 20);
        for (int y = 0; y < 20; y++)
        {
            for (int x = 0; x < 20; x++)
            {
                if (_pointer.X + x < _canvas.Width && _pointer.Y + y < _canvas.Height)
                {
                    patch.Fill(new Rectangle(x, y, 1, 1), _canvas[_pointer.X + x, _pointer.Y + y]);
                }
            }
        }

        patch.Pointer(0, 0);
        _screen.Show(patch, _pointerArea.Left, _pointerArea.Top);
    }

    private bool UpdateStatus()
    {
        // The time zones are among the programs: without those the clock shows UTC, but not before.
        string notice = Programs.Notice;
        bool isZoneKnown = _status.Time.Length > 0 || notice.Length > 0 || (Programs.AreThere && File.Exists("/etc/localtime"));
        DateTime now = isZoneKnown ? DateTime.Now : default;
        var status = new Status
        {
            Time = isZoneKnown ? now.ToString("HH:mm", CultureInfo.InvariantCulture) : "",
            Date = isZoneKnown ? now.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture) : "",
            Notice = notice,
            Address = Files.Read("/run/network"),
            Hotkey = _hasMenu ? Hotkey() : "",
            Settings = _settings.Describe(),
            AreKept = _settings.AreKept,
        };
        bool changed = status != _status;
        if (status.Address.Length > 0 && status.Address != _status.Address)
        {
            Files.Report($"network {status.Address}");
        }

        _status = status;
        return changed;
    }

    private bool Unlock(string passphrase)
    {
        // The library with the cryptography is one of the other programs'.
        if (!Programs.Wait() || !_settings.Unlock(passphrase))
        {
            return false;
        }

        _settings.Apply();
        _page = _start;
        Files.Report("start screen");
        return true;
    }

    private void Open(StartEntry entry)
    {
        switch (entry)
        {
            case StartEntry.Browser:
                _events.BrowserRuns = true;
                RunProgram("browser", $"run-browser {MailConfiguration.Quote(BrowserConfiguration.HomePage(_settings.Settings))}");
                _events.BrowserRuns = false;
                break;
            case StartEntry.Mail when !_settings.Settings.HasMailAccount:
                OpenSettings();
                break;
            case StartEntry.Mail:
                RunProgram("mail", "run-in-terminal mutt -F /root/.muttrc");
                break;
            case StartEntry.Terminal:
                RunProgram("terminal", "run-in-terminal sh -l");
                break;
            case StartEntry.Settings:
                OpenSettings();
                break;
            default:
                Files.Report("menu");
                RequestPort.ShowMenu();
                break;
        }
    }

    private void OpenSettings()
    {
        Files.Report("settings");
        _page = new SettingsPage(_screen.Width, _screen.Height, new Actions(this));
    }

    private void RunProgram(string name, string command)
    {
        if (!Programs.Wait() && name != "terminal")
        {
            // The notice says what to do.
            return;
        }

        Files.Report(name);
        _console.Release();
        LibC.System(command);
        _console.Take();
        _pointer.Restart();
        if (_mouse >= 0)
        {
            // What the mouse did meanwhile was not for the start screen.
            LibC.Close(_mouse);
            _mouse = -1;
        }

        _settings.LookAgain();
        Files.Report("start screen");
    }

    private sealed class Actions(Application application) : SettingsActions
    {
        public override ApplianceSettings Settings => application._settings.Settings;

        public override bool CanEncrypt => application._settings.Disk is { IsLocked: false };

        public override bool IsEncrypted => application._settings.Disk is { IsEncrypted: true };

        public override IReadOnlyList<string> Keyboards()
        {
            var names = new List<string>();
            foreach (string path in Directory.GetFiles("/usr/share/kmaps", "*.bmap"))
            {
                names.Add(Path.GetFileNameWithoutExtension(path));
            }

            names.Sort(string.CompareOrdinal);
            return names;
        }

        public override IReadOnlyList<string> TimeZones()
        {
            var names = new List<string> { "Etc/UTC" };
            foreach (string line in Files.Read("/usr/share/zoneinfo/zone1970.tab").Split('\n'))
            {
                string[] words = line.Split('\t');
                if (!line.StartsWith('#') && words.Length >= 3)
                {
                    names.Add(words[2]);
                }
            }

            names.Sort(string.CompareOrdinal);
            return names;
        }

        public override void Choose(string title, IReadOnlyList<string> choices, string current, Action<string> chosen)
        {
            Page back = application._page;
            application._page = new ChoicePage(application._screen.Width, application._screen.Height, title, choices, current, choice =>
            {
                application._page = back;
                if (choice != null)
                {
                    chosen(choice);
                }
            });
        }

        public override void Apply(ApplianceSettings settings)
        {
            application._settings.Change(settings);
            application.UpdateStatus();
            Files.Report(application._settings.AreKept ? "settings kept" : "settings changed");
        }

        public override void SetPassphrase(string passphrase)
        {
            if (Programs.Wait())
            {
                application._settings.SetPassphrase(passphrase);
            }
        }

        public override void Close()
        {
            application._page = application._start;
            Files.Report("start screen");
        }
    }
}
