using System;

namespace HyperCore.Core.Devices;

/// <summary>When the clock's alarm rings: each day at the time in its registers, of which any may say "always".</summary>
internal static class RtcAlarm
{
    private const byte AlarmAny = 0xC0;
    private const int AnyMatch = -1;
    private const int NoMatch = -2;
    private const int SecondsPerDay = 86_400;

    /// <summary>Seconds to the next moment after <paramref name="unixSeconds"/> that the alarm matches, 1 to 86400; 0 when it matches none.</summary>
    public static ulong SecondsToNext(ReadOnlySpan<byte> ram, long unixSeconds)
    {
        long today = unixSeconds % SecondsPerDay;
        int start = (int)((today + SecondsPerDay + 1) % SecondsPerDay);
        int second = Field(ram, CmosRegister.SecondsAlarm, 60);
        int minute = Field(ram, CmosRegister.MinutesAlarm, 60);
        int hour = Field(ram, CmosRegister.HoursAlarm, 24);
        if (second == NoMatch || minute == NoMatch || hour == NoMatch)
        {
            return 0;
        }

        // Minutes are tried one after the other; hours that do not match are skipped whole.
        int at = start;
        while (at < start + SecondsPerDay + 60)
        {
            if (hour != AnyMatch && at / 3600 % 24 != hour)
            {
                at += 3600 - (at % 3600);
                continue;
            }

            int ofMinute = at % 60;
            bool inMinute = second == AnyMatch || second >= ofMinute;
            if (inMinute && (minute == AnyMatch || at / 60 % 60 == minute))
            {
                return (ulong)(at + (second == AnyMatch ? 0 : second - ofMinute) - start + 1);
            }

            at += 60 - ofMinute;
        }

        return 0;
    }

    private static int Field(ReadOnlySpan<byte> ram, byte index, int range)
    {
        byte raw = ram[index];
        if (raw >= AlarmAny)
        {
            return AnyMatch;
        }

        byte mode = ram[CmosRegister.B];
        int value = range == 24 ? RtcTime.DecodeHour(raw, mode) : RtcTime.DecodeField(raw, mode);
        return value < range ? value : NoMatch;
    }
}
