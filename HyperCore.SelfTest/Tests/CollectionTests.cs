using System.Collections.Generic;
using System.Runtime;

namespace HyperCore.SelfTest.Tests;

/// <summary>List and Dictionary.</summary>
internal static class CollectionTests
{
    private enum Kind : byte
    {
        First,
        Second,
    }

    internal static void Run()
    {
        var list = new List<int>();
        for (int i = 0; i < 20; i++)
        {
            list.Add(i * i);
        }

        Report.Equal("list.add", 20, list.Count);
        Report.Equal("list.index", 49, list[7]);
        list.RemoveAt(0);
        list.Insert(2, 1000);
        Report.Check("list.insert-remove", list[2] == 1000 && list[3] == 9 && list.Count == 20 && list.IndexOf(361) == 19, "wrong");
        int sum = 0;
        foreach (int value in list)
        {
            sum += value;
        }

        Report.Equal("list.foreach", 3470, sum);
        IEnumerable<int> enumerable = list;
        sum = 0;
        foreach (int value in enumerable)
        {
            sum += value;
        }

        Report.Equal("list.foreach-interface", 3470, sum);
        list.Sort(static (a, b) => b - a);
        Report.Check("list.sort", list[0] == 1000 && list[1] == 361 && list[19] == 1, "wrong");
        var strings = new List<string>(2) { "b", "a", "c" };
        Report.Check("list.of-strings", strings.Contains(string.Concat("", "c")) && !strings.Contains("d") && strings.Find(static s => s != "b") == "a", "wrong");
        Report.Equal("list.to-array", "a", strings.ToArray()[1]);

        var ages = new Dictionary<string, int>();
        for (int i = 0; i < 50; i++)
        {
            ages.Add(new string((char)('A' + i), 3), i);
        }

        Report.Equal("dictionary.count", 50, ages.Count);
        Report.Equal("dictionary.string", 2, ages[string.Concat("C", "CC")]);
        Report.Check("dictionary.missing", !ages.TryGetValue("no", out _) && !ages.ContainsKey(""), "found");
        ages["CCC"] = 99;
        Report.Check("dictionary.set", ages.Count == 50 && ages.TryGetValue("CCC", out int age) && age == 99, "wrong");
        Report.Check("dictionary.remove", ages.Remove("DDD") && !ages.Remove("DDD") && ages.Count == 49 && !ages.ContainsKey("DDD") && ages["EEE"] == 4, "wrong");
        ages.Add("new", 1);
        sum = 0;
        foreach (KeyValuePair<string, int> pair in ages)
        {
            sum += pair.Value;
        }

        Report.Equal("dictionary.foreach", 1225 + 97 - 3 + 1, sum);
        var kinds = new Dictionary<Kind, string> { [Kind.Second] = "second" };
        Report.Check("dictionary.enum", kinds[Kind.Second] == "second" && !kinds.ContainsKey(Kind.First), "wrong");
        Report.Check("comparer.default", EqualityComparer<int>.Default.Equals(4, 4) && !EqualityComparer<string>.Default.Equals("a", "b") && EqualityComparer<(int, int)>.Default.Equals((1, 2), (1, 2)), "wrong");
        var numbers = new Dictionary<ulong, object> { [1ul << 40] = list };
        ulong before = Arena.AllocationCount;
        bool found = numbers.TryGetValue(1ul << 40, out object? value2);
        Report.Check("dictionary.ulong", found && ReferenceEquals(value2, list) && !numbers.ContainsKey(0), "wrong");
        Report.Equal("dictionary.lookup-allocates-nothing", 0, (long)(Arena.AllocationCount - before));
    }
}
